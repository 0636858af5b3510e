-- The offices that a person held when a session was begun, separated by blanks: with others it begins anew.

alter table session add column offices text not null default '';
