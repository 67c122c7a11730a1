/** A list of documents: filter, order, pages. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useCount, useDoctype, useList } from '../api/questions.ts';
import type { Doctype } from '../api/shapes.ts';
import { ListFilter } from '../parts/list-filter.tsx';
import { ListTable } from '../parts/list-table.tsx';
import { Pager } from '../parts/pager.tsx';
import { Problem } from '../parts/problem.tsx';
import { Screen } from '../parts/screen.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { WhyButton } from '../parts/why-button.tsx';
import { FIRST_PAGE, type ListSort, type ListView, listAddress } from '../place.ts';
import { goTo } from '../use-place.ts';

type Props = { readonly doctype: string; readonly view: ListView };

/** Asks for the doctype's fields first: they decide the columns. */
export function ListScreen({ doctype, view }: Props) {
  const { data, error, refetch } = useDoctype(doctype);
  return (
    <Screen title={doctype} above={[{ label: 'What you may read', address: '#/' }]}>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!error && !data && <Waiting what={doctype} />}
      {!error && data && <Documents doctype={data} view={view} />}
    </Screen>
  );
}

function Documents({ doctype, view }: { readonly doctype: Doctype; readonly view: ListView }) {
  const { data: rows, error, refetch, isPlaceholderData } = useList(doctype, view);
  const { data: total } = useCount(doctype, view);
  const show = (change: Partial<ListView>) =>
    goTo(listAddress(doctype.name, { ...view, page: 1, ...change }));
  return (
    <Stack gap="md">
      <ListFilter
        key={JSON.stringify(view.filter)}
        doctype={doctype}
        filter={view.filter}
        onChange={(filter) => show({ filter })}
      />
      {error && (
        <Problem error={error} retry={() => void refetch()}>
          <Button variant="default" onClick={() => goTo(listAddress(doctype.name))}>
            Show the list without filter and order
          </Button>
        </Problem>
      )}
      {!error && !rows && <Waiting what="the list" />}
      {!error && rows?.length === 0 && <Empty doctype={doctype} view={view} />}
      {!error && rows && rows.length > 0 && (
        <div className={isPlaceholderData ? 'desk-stale' : ''}>
          <ListTable
            doctype={doctype}
            rows={rows}
            sort={view.sort ?? ownOrder(doctype)}
            isBusy={isPlaceholderData}
            onSort={(sort) => show({ sort })}
          />
          <Pager
            page={view.page}
            rows={rows.length}
            total={total ?? null}
            onPage={(page) => show({ page })}
          />
        </div>
      )}
    </Stack>
  );
}

/** Says plainly that there is nothing, and why that may be. */
function Empty({ doctype, view }: { readonly doctype: Doctype; readonly view: ListView }) {
  const isNarrowed = view.filter !== null || view.page > 1;
  return (
    <Paper withBorder p="xl" role="status">
      <Stack gap="sm" align="center">
        <Title order={2} size="h3">
          {isNarrowed
            ? 'Nothing here that you were granted and that meets the filter'
            : 'Nothing here that you were granted'}
        </Title>
        <Text c="dimmed" ta="center">
          {isNarrowed
            ? 'Other documents may be on the list without its filter, or on its first page.'
            : `Only ${doctype.name} documents that somebody granted to you appear on this list.`}
        </Text>
        <Group gap="xs">
          {isNarrowed && (
            <Button onClick={() => goTo(listAddress(doctype.name, { ...FIRST_PAGE }))}>
              Show the whole list
            </Button>
          )}
          <WhyButton doctype={doctype.name}>Why?</WhyButton>
        </Group>
      </Stack>
    </Paper>
  );
}

/** The order of a list that nobody has sorted. */
function ownOrder({ sort_field, sort_order }: Doctype): ListSort | null {
  return sort_field ? { field: sort_field, descending: sort_order !== 'asc' } : null;
}
