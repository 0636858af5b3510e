//! `dualtrack rebuild` where the index does not say what the ledger says: it is told, kept to be looked at, and replaced.

use serde_json::Value;

use crate::databases::{database_of, meddle, tell};
use crate::served::{Bank, Server, run_alone};

#[test]
fn an_index_that_differs_from_the_ledger_is_kept_beside_and_replaced() {
    let Bank { place, server, token } = Bank::founded();
    server.end();
    meddle(
        place.path(),
        "dualtrack_index",
        "update document set body = replace(body, 'Client assistant', 'Forged assistant')
          where kind = 'use' and id = 'client-assistant'",
    );
    let rebuilt = run_alone(place.path(), &["rebuild", "data"]);
    assert_eq!(rebuilt.code, 1, "{} {}", rebuilt.out, rebuilt.err);
    let said = rebuilt.out.lines().nth(1).unwrap();
    assert!(
        said.starts_with("it differs from the one before, which is kept as `dualtrack_differing`: "),
        "{said}"
    );
    assert!(said.contains("Forged assistant") && said.contains(" became "), "{said}");
    // The one that differed is there to be looked at; the one that is served says what the ledger says.
    let there = "delete from document where body like '%Forged assistant%'";
    if let Some(database) = database_of(place.path(), "data") {
        tell(&database, &format!("set search_path to dualtrack_differing; {there}")).unwrap();
    } else {
        let bytes = std::fs::read(place.path().join("data/dualtrack_differing.db")).unwrap();
        assert!(bytes.windows(6).any(|part| part == b"Forged"));
    }
    let bank = Bank { server: Server::start(place.path(), "data"), place, token };
    let (status, of): (u16, Value) = bank.server.get(&bank.token, "/api/v1/uses/client-assistant");
    assert_eq!(status, 200, "{of}");
    assert!(of.to_string().contains("Client assistant") && !of.to_string().contains("Forged"), "{of}");
    let Bank { place, server, .. } = bank;
    server.end();
    // A second one finds nothing, and leaves what was kept.
    let again = run_alone(place.path(), &["rebuild", "data"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.out.contains("equal to the one before, row for row"), "{}", again.out);
    if database_of(place.path(), "data").is_none() {
        assert!(place.path().join("data/dualtrack_differing.db").exists());
    }
}
