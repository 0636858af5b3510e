//! Passkeys (Web Authentication, level 2): a key on a person's device, in the place of a password.
//!
//! The device verifies the person and signs a challenge for this server and no other, so nothing that is typed into a
//! forged page lets anybody in. Values in, values out: no clock, no tables. The signatures are checked by `p256` and
//! `ed25519-dalek`; everything that a stranger can write is read by `cbor`, `signed` and `key`, strictly or not at all.

mod cbor;
mod ceremony;
mod key;
mod party;
mod pending;
mod refusal;
mod signed;

pub use ceremony::{Asserted, Attested, NewPasskey, asserted, challenge, credential, registered};
pub use key::{EDDSA, ES256, PublicKey};
pub use party::Party;
pub use pending::{LASTS, PendingPasskey, Purpose, kept_as};
pub use refusal::PasskeyRefusal;
