import type { Slot } from './requirements.ts';

/** What headings and labels are called, by what they are about; the first that fits counts. */
const synonyms: Readonly<Record<Slot, string>> = {
  summary:
    'summary|overview|abstract|tl;?dr|description|introduction|problem|problem statement|motivation|objective|objectives|goal|goals|purpose|why',
  current:
    'current|current state|current schema|current situation|as is|as-is|before|today|existing|existing schema|existing state|from|status quo|context|background|context and problem statement',
  target:
    'target|target state|target schema|proposed|proposed schema|proposed solution|proposed change|proposed changes|solution|decision|decision outcome|desired state|to be|to-be|after|new schema|new tables|new table|new state|future state|to|design|schema changes|schema change|changes|database changes|data model|migration operations|up|database steps|proposal',
  compatibility:
    'must maintain|must keep|compatibility|backward compatibility|backwards compatibility|backward compatible|compatibility requirements|api compatibility|constraints|constraint|must not break',
  downtime: 'downtime|availability|maintenance window|uptime',
  scale: 'scale|volume|data volume|size|data size|load|rows|users|traffic',
  performance:
    'performance|performance targets|performance requirements|performance target|latency|slo|slos|slas|sla|performance budget|throughput',
  acceptance:
    'acceptance|acceptance criteria|success criteria|success metrics|success metric|definition of done|done when|exit criteria|metrics|validation|ac|criteria|scenarios|verification',
  rollback:
    'rollback|roll back|rollback plan|rollback strategy|revert|back-out plan|backout plan|backout|down|recovery',
  rollout:
    'rollout|rollout plan|roll-out|release plan|deployment|deployment plan|migration plan|migration strategy|migration steps|migration|phases|plan|implementation plan|timeline|steps|strategy',
  dependencies: 'dependencies|dependency|depends on|blocked by|prerequisites|requires',
  exclusions: 'non-goals|non goals|nongoals|out of scope|exclusions|not in scope|won’t do|anti-goals|excluded',
  risks:
    'risks|risk|risks and mitigations|edge cases|edge case|concerns|drawbacks|consequences|trade-offs|tradeoffs|drawback',
  questions:
    'open questions|open question|questions|unresolved questions|unresolved|tbd|to be decided|open issues|to clarify',
  alternatives:
    'alternatives|alternatives considered|considered options|options considered|rejected alternatives|other options|options',
  nonfunctional:
    'non-functional|nonfunctional|non functional|non-functional requirements|nonfunctional requirements|non functional requirements|nfr|nfrs|quality attributes|security|security requirements|quality requirements',
  functional:
    'functional requirements|requirements|features|feature|user needs|user need|user stories|user story|use cases|scope|in scope|functional|specification|stories|story|key features',
  priority: 'priority|importance|severity',
};

/** Labels of a team's own, by slot: `{ current: ['Ist-Zustand'] }`. */
export type OwnLabels = Readonly<Partial<Record<Slot, readonly string[]>>>;

/** What a heading or label is about, or null. */
export function labelReader(own: OwnLabels = {}): (label: string) => Slot | null {
  const known = new Map<string, Slot>();
  for (const [slot, words] of Object.entries(synonyms) as [Slot, string][])
    for (const word of words.split('|')) known.set(word, slot);
  for (const [slot, words] of Object.entries(own) as [Slot, readonly string[]][])
    for (const word of words) known.set(plainLabel(word), slot);
  return (label) => {
    const plain = plainLabel(label);
    const parts = [plain, plain.replace(/\s*\([^)]*\)$/u, ''), ...plain.split(/\s*(?:&|\/| and )\s*/u)];
    for (const part of parts) {
      const slot = known.get(part);
      if (slot) return slot;
    }
    return null;
  };
}

/** `## 5.1 🎯 **Current state**:` says `current state`. */
export const plainLabel = (label: string): string =>
  label
    .replaceAll(/\p{Extended_Pictographic}|\ufe0f/gu, '')
    .replaceAll(/[’‘]/gu, '’')
    .replaceAll(/[–—−]/gu, '-')
    .replace(/^\s*(?:(?:step|phase|section)\s+)?(?:\d+(?:\.\d+)*[.)]?|[ivx]+[.)])\s+/iu, '')
    .replaceAll(/[*_`:]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
