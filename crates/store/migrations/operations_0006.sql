
-- Who has mails sent together each morning: 1; each at once: 0.

alter table account add column daily_mail bigint not null default 0;
create index outbox_target on outbox (target, made);

-- Forms that end with a session come back with what was typed; nothing is kept of them here.

drop table form_draft;
