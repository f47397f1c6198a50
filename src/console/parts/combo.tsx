import { useEffect, useId, useRef, useState } from 'preact/hooks';

/** Something that can be chosen. */
export interface Option {
  readonly value: string;
  /** What people call it; left out: the value itself. */
  readonly text?: string;
  readonly hint?: string;
}

/** While somebody types, nobody is asked. Milliseconds. */
const PAUSE = 150;

/** A field of text that offers what is known. What is not offered can be typed as well. */
export function Combo({
  label,
  value,
  change,
  search,
  placeholder = '',
  help,
  required = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly search: (text: string) => Promise<readonly Option[]>;
  readonly placeholder?: string;
  readonly help?: string;
  readonly required?: boolean;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const box = useRef<HTMLDivElement>(null);
  const options = useOptions(open, value, search);
  useEffect(() => setAt(-1), [options]);
  const shown = open && options.length > 0;

  const choose = (option: Option): void => {
    change(option.value);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!shown) {
        setOpen(true);
        return;
      }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((before) => (before + step + options.length + 1) % (options.length + 1));
    } else if (event.key === 'Enter' && shown && options[at] !== undefined) {
      event.preventDefault();
      choose(options[at]);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div class="field combo" ref={box}>
      <span>
        <label for={id}>{label}</label>
      </span>
      <input
        id={id}
        class="mono"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && at >= 0 && at < options.length ? `${id}-${at}` : undefined}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        autocomplete="off"
        spellcheck={false}
        required={required}
        placeholder={placeholder}
        value={value}
        onInput={(event) => {
          change(event.currentTarget.value);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      {help !== undefined && <small id={`${id}-help`}>{help}</small>}
      <div id={`${id}-list`} class="combo-list" role="listbox" aria-label={label} hidden={!shown}>
        {shown &&
          options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
            <div
              key={option.value}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              class={index === at ? 'combo-option combo-at' : 'combo-option'}
              // The field keeps the focus: leaving it closes the list before a click would count.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(option)}
            >
              <bdi>{option.text ?? option.value}</bdi>
              {option.hint !== undefined && <small>{option.hint}</small>}
            </div>
          ))}
      </div>
    </div>
  );
}

function useOptions(
  open: boolean,
  text: string,
  search: (text: string) => Promise<readonly Option[]>,
): readonly Option[] {
  const [options, setOptions] = useState<readonly Option[]>([]);
  useEffect(() => {
    if (!open) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void search(text.trim()).then((found) => {
        if (current) setOptions(found);
      });
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, text, search]);
  return options;
}
