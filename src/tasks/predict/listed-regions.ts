/** What is asked about regions is of formats that list them. */
import { UsageError } from '../../errors.ts';
import type { PredictRequest } from './request.ts';

type Formats = PredictRequest['formats'];

interface RegionOption {
  readonly option: string;
  readonly formats: Formats;
}

const WITH_POLYGONS: Formats = ['polygons', 'yolo', 'geojson'];
const WITH_REGIONS: Formats = ['rle', 'rle-counts', ...WITH_POLYGONS];

/** The option, and the formats that it changes. YOLO's text has components whatever is asked for. */
export const REGION_OPTIONS = {
  regions: { option: '--regions', formats: WITH_REGIONS.filter((format) => format !== 'yolo') },
  minimumPixels: { option: '--minimum-pixels', formats: WITH_REGIONS },
  tolerance: { option: '--tolerance', formats: WITH_POLYGONS },
} as const satisfies Partial<Record<keyof PredictRequest, RegionOption>>;

/** @throws UsageError naming what is asked about regions where no format is asked for that it changes. */
export function assertRegionsListed(request: Pick<PredictRequest, 'formats' | keyof typeof REGION_OPTIONS>): void {
  const problems = (Object.keys(REGION_OPTIONS) as (keyof typeof REGION_OPTIONS)[]).flatMap((field) => {
    const { option, formats }: RegionOption = REGION_OPTIONS[field];
    if (request[field] === undefined || request.formats.some((format) => formats.includes(format))) return [];
    return [`${option} changes nothing without one of --format ${formats.join(', ')}.`];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}
