CREATE SCHEMA crm;
CREATE TABLE crm.accounts (
  account_no integer PRIMARY KEY,
  settings jsonb NOT NULL DEFAULT '{"locale": "en", "alerts": {"sms": false}}'
);
INSERT INTO crm.accounts
SELECT i,
       CASE WHEN i % 100 = 0 THEN '[]'
            WHEN i % 10 = 1 THEN '{}'
            ELSE jsonb_build_object('locale', (ARRAY['en', 'de'])[1 + i % 2], 'page_size', 10 * (i % 5),
                   'alerts', jsonb_build_object('sms', i % 3 = 0, 'since', '2024-01-' || 10 + i % 10)) END
  FROM generate_series(1, 1500) AS i;
UPDATE crm.accounts SET settings = settings || '{"page_size": "all"}' WHERE account_no IN (7, 8);
CREATE INDEX accounts_by_since ON crm.accounts ((settings #>> '{alerts,since}'));
