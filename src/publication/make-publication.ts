import type { Plan } from '../plan/plan.ts';
import { markdownTable } from '../report/markdown.ts';
import type { Requirements } from '../spec/requirements.ts';
import { linkTo, section } from './body.ts';
import type { Document, Publication, Section } from './document.ts';
import type { History } from './history.ts';
import * as parts from './plan-sections.ts';
import { progress } from './progress.ts';
import { clarifications, requirements } from './requirement-sections.ts';
import { risks } from './risks.ts';
import { keyOf, statusOf, taskDocument } from './task-document.ts';
import { type Task, tasksOf } from './tasks.ts';
import { traces } from './trace.ts';

export interface PublicationInput {
  /** As the workspace reads it. */
  readonly specification: string;
  /** The task database; null where there is only one. */
  readonly tasks: string | null;
  readonly requirements: Requirements;
  readonly plan: Plan;
  readonly history: History;
  /** Keys of the documents that were published before. */
  readonly published: readonly string[];
}

/**
 * The plan page and the tasks of a migration, as they are to be now: the same input says the same. Each document takes a while
 * to make, and `rest` is what goes on in between.
 */
export async function makePublication(
  { specification, tasks, published, ...given }: PublicationInput,
  rest: () => Promise<unknown>,
): Promise<Publication> {
  const { plan, history } = given;
  const found = tasksOf(plan, history, published);
  const input = { ...given, tasks: found, traces: traces(given.requirements, plan) };
  await rest();
  const documents = [planDocument(input)];
  for (const task of found) {
    await rest();
    documents.push(taskDocument(task, found, input.traces, plan, history));
  }
  return { specification, tasks, documents };
}

const planDocument = (input: parts.PlanInput): Document => ({
  key: keyOf(input.plan, 'plan'),
  kind: 'plan',
  title: `Implementation Plan: ${input.requirements.title ?? input.plan.migration}`,
  properties: null,
  sections: [
    parts.overview(input),
    progress(input.plan, input.history),
    tasksSection(input.tasks, input),
    requirements(input),
    parts.schemaChanges(input),
    ...parts.phases(input),
    parts.queries(input),
    parts.rollback(input),
    parts.downtime(input),
    risks(input),
    parts.timeline(input),
    parts.successCriteria(input),
    clarifications(input),
  ].filter((part) => part !== null),
});

const tasksSection = (tasks: readonly Task[], { plan, history }: parts.PlanInput): Section | null => {
  const linked = (key: string) => linkTo(keyOf(plan, key), tasks.find((task) => task.key === key)?.title ?? key);
  return section('tasks', 'Tasks', [
    markdownTable(
      ['task', 'status', 'after', 'days'],
      tasks.map((task) => [
        linked(task.key),
        statusOf(task, history),
        task.blockedBy.map(linked).join('; ') || 'nothing',
        String(task.effort),
      ]),
    ),
    `Days of work in all: about ${tasks.reduce((sum, { effort }) => sum + effort, 0)}, by a rule of thumb: half a day for each task, a day for code, and a quarter for each statement or value to look at.`,
  ]);
};
