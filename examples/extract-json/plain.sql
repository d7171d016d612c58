-- What a person would write by hand, with the application stopped.
CREATE TABLE user_preferences (
  user_id bigint PRIMARY KEY REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE,
  theme text DEFAULT 'system',
  language text,
  items_per_page integer,
  other jsonb
);
CREATE TABLE notification_preferences (
  user_id bigint PRIMARY KEY REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE,
  email boolean DEFAULT true NOT NULL,
  digest text CHECK (digest IN ('daily', 'weekly', 'never'))
);
CREATE INDEX user_preferences_language_idx ON user_preferences (language);

INSERT INTO user_preferences
SELECT id,
       CASE WHEN preferences -> 'theme' IS NULL THEN 'system' ELSE preferences ->> 'theme' END,
       preferences ->> 'language',
       CASE WHEN preferences ->> 'items_per_page' ~ '^\d+$' THEN (preferences ->> 'items_per_page')::integer END,
       (SELECT CASE WHEN r ->> 'notifications' = '{}' AND preferences ->> 'notifications' <> '{}' THEN nullif(r - 'notifications', '{}') ELSE nullif(r, '{}') END
          FROM (SELECT preferences - 'theme' - 'language' - 'items_per_page' #- '{notifications,email}' #- '{notifications,digest}' AS r
                 WHERE jsonb_typeof(preferences) = 'object') AS rest)
  FROM users;

INSERT INTO notification_preferences
SELECT id,
       CASE WHEN preferences -> 'notifications' ->> 'email' IN ('true', 'false')
            THEN (preferences -> 'notifications' ->> 'email')::boolean ELSE true END,
       CASE WHEN preferences -> 'notifications' ->> 'digest' IN ('daily', 'weekly', 'never') THEN preferences -> 'notifications' ->> 'digest' END
  FROM users;

ALTER TABLE users DROP COLUMN preferences;
