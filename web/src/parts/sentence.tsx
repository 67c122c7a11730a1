/** A sentence of the server as it is shown to people. */
import { Code } from '@mantine/core';
import { Fragment } from 'react';
import { phrasesOf } from './reasons-in-words.ts';

/** A sentence of the server, with its names set apart. */
export function Sentence({ text }: { readonly text: string }) {
  return phrasesOf(text).map((phrase) =>
    phrase.isName ? (
      <Code key={phrase.at}>{phrase.text}</Code>
    ) : (
      <Fragment key={phrase.at}>{phrase.text}</Fragment>
    ),
  );
}
