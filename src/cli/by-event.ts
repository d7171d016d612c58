import type { Event } from '../events.ts';

/** One answer for each type of event; a missing one does not compile. */
export type ByEvent<Answer> = {
  readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>) => Answer;
};

export const answer = <Answer>(answers: ByEvent<Answer>, event: Event): Answer =>
  (answers[event.type] as (event: Event) => Answer)(event);
