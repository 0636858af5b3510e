-- Until when the secret before the newest one signs too, in milliseconds since 1970; null where there is none.

alter table webhook add column old_until bigint;
