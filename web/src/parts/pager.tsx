/** Pages of a list: which rows these are, of how many, and the way to others. */
import { Button, Group, Text } from '@mantine/core';
import { PAGE_ROWS } from '../api/list-question.ts';

type Props = {
  readonly page: number;
  /** Rows of this page. */
  readonly rows: number;
  /** Rows of all pages; null while it is not known. */
  readonly total: number | null;
  readonly onPage: (page: number) => void;
};

/** Buttons stay in place at either end, so that whoever uses the keyboard keeps the focus. */
export function Pager({ page, rows, total, onPage }: Props) {
  const before = (page - 1) * PAGE_ROWS;
  const last = total === null ? null : Math.max(1, Math.ceil(total / PAGE_ROWS));
  const isLast = last === null ? rows < PAGE_ROWS : page >= last;
  const counted = total === null ? '' : ` of ${total.toLocaleString()}`;
  const position = rows === 0 ? 'No rows' : `${before + 1}–${before + rows}${counted}`;
  return (
    <Group component="nav" aria-label="Pages" justify="space-between" mt="md">
      <Text role="status" size="sm" c="dimmed" className="desk-figures">
        {position}
      </Text>
      <Group gap="xs">
        <Step label="First" isOff={page === 1} go={() => onPage(1)} />
        <Step label="Previous" isOff={page === 1} go={() => onPage(page - 1)} />
        <Step label="Next" isOff={isLast} go={() => onPage(page + 1)} />
        {last !== null && <Step label="Last" isOff={isLast} go={() => onPage(last)} />}
      </Group>
    </Group>
  );
}

function Step(props: { readonly label: string; readonly isOff: boolean; readonly go: () => void }) {
  const { label, isOff, go } = props;
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={`${label} page`}
      aria-disabled={isOff}
      {...(isOff ? { 'data-disabled': true } : {})}
      onClick={() => {
        if (!isOff) go();
      }}
    >
      {label}
    </Button>
  );
}
