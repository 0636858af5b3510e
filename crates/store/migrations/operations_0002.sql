-- Who uploaded which file, until a document names it.

create table upload (
    digest text not null,
    -- Nobody, where a file was found without anything known of it.
    person text not null,
    made bigint not null,
    primary key (digest, person)
);
create index upload_made on upload (made);
