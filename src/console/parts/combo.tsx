import { useEffect, useId, useState } from 'preact/hooks';

/** Something that can be chosen. */
export interface Option {
  readonly value: string;
  /** What people call it; left out: the value itself. */
  readonly text?: string;
  readonly hint?: string;
}

/** While somebody types, nobody is asked. Milliseconds. */
const PAUSE = 150;

interface ComboProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly search: (text: string) => Promise<readonly Option[]>;
  readonly placeholder?: string;
  readonly required?: boolean;
}

/** A field of text that offers what is known. What is not offered can be typed as well. */
export function Combo({ label, value, change, search, placeholder = '', required = false }: ComboProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const options = useOptions(open, value, search);
  const choose = (option: Option): void => {
    change(option.value);
    setOpen(false);
  };
  const { at, onKeyDown } = useKeys({ open, setOpen, options, choose });
  const shown = open && options.length > 0;
  return (
    <div class="field combo">
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
      <div id={`${id}-list`} class="combo-list" role="listbox" aria-label={label} hidden={!shown}>
        {shown && <Options id={id} options={options} at={at} choose={choose} />}
      </div>
    </div>
  );
}

function Options({
  id,
  options,
  at,
  choose,
}: {
  readonly id: string;
  readonly options: readonly Option[];
  readonly at: number;
  readonly choose: (option: Option) => void;
}) {
  return (
    <>
      {options.map((option, index) => (
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
    </>
  );
}

/** Up and down through the list, Enter to choose, Escape to close it. */
function useKeys({
  open,
  setOpen,
  options,
  choose,
}: {
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  readonly options: readonly Option[];
  readonly choose: (option: Option) => void;
}) {
  const [at, setAt] = useState(-1);
  useEffect(() => setAt(-1), [options]);
  const shown = open && options.length > 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (shown) setAt((before) => stepped(before, event.key === 'ArrowDown' ? 1 : -1, options.length));
      else setOpen(true);
    } else if (event.key === 'Enter' && shown && options[at] !== undefined) {
      event.preventDefault();
      choose(options[at]);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };
  return { at, onKeyDown };
}

/** The next entry; -1, the field itself, is between the last and the first. */
function stepped(at: number, step: 1 | -1, length: number): number {
  return ((at + 1 + step + length + 1) % (length + 1)) - 1;
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
    const load = async (): Promise<void> => {
      const found = await search(text.trim());
      if (current) setOptions(found);
    };
    const timer = setTimeout(() => void load(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, text, search]);
  return options;
}
