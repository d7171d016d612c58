import { sql, type Sql } from '../sql/sql.ts';

/** The narrowest SQL type that takes a scalar's text without changing what it means. Never raises; asks for digits by name, since \d may mean more of them. */
export const scalarClass = (text: Sql): Sql => sql`
  CASE WHEN left(${text}, 1) BETWEEN '0' AND '9' OR left(${text}, 1) = '-' THEN
         CASE WHEN ${text} ~ '^(0|-?[1-9][0-9]{0,18})$' THEN ${integerClass(text)}
              WHEN ${text} ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?$' AND length(${text}) <= 1000 THEN 'numeric'
              WHEN ${dayExists(text)} THEN
                CASE WHEN length(${text}) = 10 THEN 'date' WHEN substr(${text}, 11) ~ ${TIME} THEN 'timestamptz' ELSE 'text' END
              WHEN ${text} ~ ${UUID} THEN 'uuid'
              ELSE 'text' END
       WHEN ${text} IN ('true', 'false') THEN 'boolean'
       WHEN length(${text}) = 36 AND ${text} ~ ${UUID} THEN 'uuid'
       ELSE 'text' END`;

const integerClass = (text: Sql): Sql => sql`
  CASE WHEN ${text}::numeric BETWEEN -2147483648 AND 2147483647 THEN 'integer'
       WHEN ${text}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN 'bigint'
       ELSE 'numeric' END`;

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const DATE = '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
/** Without a zone it would depend on the session's, so it stays text. */
const TIME = '^[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)$';

/** A pattern lets the 31st of April pass; CASE keeps make_date away from what is not like a date at all. */
const dayExists = (text: Sql): Sql => sql`
  CASE WHEN ${text} ~ ${DATE}
       THEN substr(${text}, 9, 2)::int <= extract(day FROM
              make_date(substr(${text}, 1, 4)::int, substr(${text}, 6, 2)::int, 1) + interval '1 month' - interval '1 day')
       ELSE false END`;
