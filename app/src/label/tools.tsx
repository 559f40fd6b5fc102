/** The tools above the picture, with their keys. */
import { type StringKey, t } from '../strings/index.ts';
import { Slider } from '../ui/fields.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { focusPicture } from './focus-picture.ts';
import { brushSize, labeling, likeness, tool, type ToolName } from './labeling.ts';
import { liftPen } from './painter.ts';
import { closePolygon, corners, dropCorner, dropPolygon } from './polygon.ts';
import { canRestoreClass } from './removal.ts';
import { redo, undo } from './steps.ts';

export const TOOLS: readonly { readonly name: ToolName; readonly key: string; readonly icon: IconName }[] = [
  { name: 'hand', key: 'h', icon: 'hand' },
  { name: 'brush', key: 'b', icon: 'brush' },
  { name: 'eraser', key: 'e', icon: 'eraser' },
  { name: 'fill', key: 'f', icon: 'fill' },
  { name: 'polygon', key: 'p', icon: 'polygon' },
  { name: 'magic', key: 'm', icon: 'magic' },
];

export function takeTool(name: ToolName): void {
  liftPen();
  dropPolygon();
  tool.value = name;
}

function Button(props: {
  readonly icon: IconName;
  readonly text: string;
  readonly onClick: () => void;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
}) {
  const { icon, text, onClick, isPressed, isDisabled = false } = props;
  return (
    <button
      type="button"
      class="tool"
      aria-label={text}
      title={text}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={(event) => {
        onClick();
        focusPicture(event);
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What else Enter, Backspace and Escape do, for whoever has no keys. */
function PolygonButtons() {
  const now = labeling.value;
  const count = corners.value.length;
  if (tool.value !== 'polygon' || count === 0 || !now) return null;
  return (
    <div class="tools-group">
      <span class="tools-gap" />
      <Button icon="check" text={t('label.closePolygon')} isDisabled={count < 3} onClick={() => closePolygon(now)} />
      <Button icon="back" text={t('label.dropCorner')} onClick={dropCorner} />
      <Button icon="close" text={t('label.dropPolygon')} onClick={dropPolygon} />
    </div>
  );
}

export function Tools() {
  const history = labeling.value?.history;
  return (
    <div class="player tools" role="toolbar" aria-label={t('label.tools')}>
      {TOOLS.map(({ name, key, icon }) => (
        <Button
          key={name}
          icon={icon}
          text={`${t(`label.${name}` satisfies StringKey)} (${key.toUpperCase()})`}
          isPressed={tool.value === name}
          onClick={() => takeTool(name)}
        />
      ))}
      <div class="tools-group">
        <span class="tools-gap" />
        <Button
          icon="undo"
          text={t('label.undo')}
          isDisabled={!history?.canUndo && !canRestoreClass.value}
          onClick={undo}
        />
        <Button icon="redo" text={t('label.redo')} isDisabled={!history?.canRedo} onClick={redo} />
      </div>
      <PolygonButtons />
      <div class="tools-slider">
        {tool.value === 'magic' ? (
          <Slider
            text={t('label.likeness')}
            value={Math.round(likeness.value * 100)}
            most={100}
            onChange={(value) => {
              likeness.value = value / 100;
            }}
          />
        ) : (
          (tool.value === 'brush' || tool.value === 'eraser') && (
            <Slider
              text={t('label.size')}
              value={brushSize.value}
              least={1}
              most={100}
              onChange={(value) => {
                brushSize.value = value;
              }}
            />
          )
        )}
      </div>
    </div>
  );
}
