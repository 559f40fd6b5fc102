/** A button that asks for files, or does what it is told. */
import { useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface ActionProps {
  readonly icon: IconName;
  readonly text: string;
  readonly onClick: () => void;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
}

export function Action({ icon, text, onClick, isPrimary = false, isDisabled = false }: ActionProps) {
  return (
    <button type="button" class={isPrimary ? 'button primary' : 'button'} disabled={isDisabled} onClick={onClick}>
      <Icon name={icon} /> <span>{text}</span>
    </button>
  );
}

export interface FileButtonProps extends Omit<ActionProps, 'onClick'> {
  /** Which files are offered; a folder with all that is in it for `folder`. */
  readonly accepts: string;
  readonly isSingle?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function FileButton({ accepts, isSingle = false, onFiles, ...action }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Action {...action} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        multiple={!isSingle}
        aria-label={action.text}
        {...(accepts === 'folder' ? { webkitdirectory: true } : { accept: accepts })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
