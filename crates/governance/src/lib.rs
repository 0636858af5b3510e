//! Every action that changes the record: authorised, decided by pure functions, entered in the ledger, applied to the
//! index.
