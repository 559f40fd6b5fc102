/** The error of a folder that is laid out in none of the known ways, apart from those of a data set that is damaged. */
import { FormatError } from '../errors.ts';

/** No format recognizes the folder: it may hold something else than a data set, such as photographs alone. */
export class UnknownLayoutError extends FormatError {}
