//! A webhook: one signed POST to one address, no redirect followed, and of the answer only the status believed.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::DefaultConnector;

use super::reach::{Barred, JudgingResolver};
use super::secret::{SigningSecret, signatures};
use super::words::one_line;
use super::{Delivered, Notice, PATIENCE};
use crate::failure::Failure;

/// Calls the addresses of webhooks.
pub(super) struct Caller {
    agent: Agent,
}

/// What is sent: the shape that Standard Webhooks recommends. The fields keep this order, so that a replay is the same
/// bytes again.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    about: &'a str,
    title: &'a dualtrack_catalogue::Bilingual,
    link: &'a str,
    entry: Option<u64>,
}

impl Caller {
    /// Trusts the well-known authorities, or these certificates alone.
    pub(super) fn new(allow_private: bool, authorities: Option<&[u8]>) -> Result<Self, Failure> {
        let roots = match authorities {
            None => RootCerts::WebPki,
            Some(pem) => RootCerts::Specific(Arc::new(certificates(pem)?)),
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            // A proxy named in the environment would resolve the name itself, past the judge.
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(MOST_READ)
            .max_idle_connections(0)
            .user_agent(crate::PROGRAM)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), JudgingResolver { allow_private });
        Ok(Self { agent })
    }

    /// Tries once.
    pub(super) fn send(
        &self,
        notice: &Notice,
        url: &str,
        secrets: &[SigningSecret],
        now: Timestamp,
    ) -> Delivered {
        let uri = match address(url) {
            Ok(uri) => uri,
            Err(why) => return Delivered::Never(why.into()),
        };
        let body = match body(notice) {
            Ok(body) => body,
            Err(why) => return Delivered::Never(why),
        };
        let signature = signatures(secrets, &notice.id, now, &body);
        if signature.is_empty() {
            return Delivered::Never("the webhook has no secret to sign with; make one".into());
        }
        let answer = self
            .agent
            .post(&uri)
            .header("content-type", "application/json")
            .header("webhook-id", &notice.id)
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", signature)
            .send(&body);
        match answer {
            Ok(mut response) => {
                // Taken in so that the receiver can end in peace; whatever it says there, the status has been given.
                let _ = response.body_mut().with_config().limit(MOST_READ as u64).read_to_vec();
                by_status(response.status().as_u16())
            }
            Err(error) => unanswered(&uri, error),
        }
    }
}

/// The address, if it is one that can be called: named without credentials, which would end in logs.
fn address(url: &str) -> Result<Uri, &'static str> {
    let wrong = "the webhook's address cannot be used; give one like `https://hooks.example/path`";
    if url.len() > 2_048 {
        return Err(wrong);
    }
    let uri: Uri = url.parse().map_err(|_| wrong)?;
    let authority = uri.authority().ok_or(wrong)?;
    if authority.as_str().contains('@') {
        return Err(
            "the webhook's address holds a name or a password; leave them out, the signature is the proof",
        );
    }
    if authority.host().is_empty() || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(wrong);
    }
    Ok(uri)
}

/// The bytes that are signed and sent. They say nothing of the attempt, so that every attempt sends the same.
fn body(notice: &Notice) -> Result<Vec<u8>, String> {
    let Notice { id, kind, at, about, title, link, entry } = notice;
    let data = Data { id, about, title, link, entry: *entry };
    let body = serde_json::to_vec(&Body { r#type: kind, timestamp: *at, data })
        .map_err(|error| format!("the notice cannot be written as JSON: {error}"))?;
    if body.len() > MOST_SENT {
        return Err(format!("the notice is {} bytes long; no more than {MOST_SENT} are sent", body.len()));
    }
    Ok(body)
}

/// What a status means for another attempt. A redirect is the receiver's to mend: whoever gave the address knows where
/// notices may go, and the one who answers there does not.
fn by_status(status: u16) -> Delivered {
    match status {
        200..=299 => Delivered::Done,
        300..=399 => Delivered::Later(format!(
            "the receiver answers {status} and names another address, which is not followed; give that address"
        )),
        410 => Delivered::Never("the receiver answers 410: it wants no more notices".into()),
        408 | 425 | 429 => Delivered::Later(format!("the receiver answers {status}: not now")),
        400..=499 => Delivered::Never(format!("the receiver answers {status} and refuses the notice")),
        _ => Delivered::Later(format!("the receiver answers {status}")),
    }
}

/// What a call without an answer means. The path is not repeated: it may hold a token.
fn unanswered(uri: &Uri, error: ureq::Error) -> Delivered {
    let host = one_line(uri.host().unwrap_or_default(), 100);
    let later = |what: &str| Delivered::Later(format!("`{host}` cannot be told: {what}"));
    match error {
        ureq::Error::Other(other) => match other.downcast_ref::<Barred>() {
            Some(barred) => Delivered::Never(format!("`{host}` is not called: {barred}")),
            None => later(&one_line(&other.to_string(), 200)),
        },
        ureq::Error::BadUri(_) => {
            Delivered::Never(format!("the address at `{host}` cannot be used; correct it"))
        }
        ureq::Error::Timeout(_) => later("it did not answer within 10 seconds"),
        ureq::Error::HostNotFound => later("no machine has this name"),
        ureq::Error::Io(error) => later(&one_line(&error.to_string(), 200)),
        error => later(&one_line(&error.to_string(), 200)),
    }
}

/// The certificates in a PEM text.
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, Failure> {
    let none =
        || Failure::input("the file of trusted authorities holds no certificate; give certificates in PEM");
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| none())? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err(none()) } else { Ok(certificates) }
}

/// No body of a notice is longer.
const MOST_SENT: usize = 64 * 1024;
/// No more of an answer is read, of its head and of its body.
const MOST_READ: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::notice;
    use super::*;

    fn secrets() -> Vec<SigningSecret> {
        vec![SigningSecret::make().unwrap()]
    }

    fn sent(url: &str, allow_private: bool) -> Delivered {
        let caller = Caller::new(allow_private, None).unwrap();
        caller.send(&notice("n1"), url, &secrets(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_body_names_the_thing_the_event_and_the_link_and_nothing_else() {
        let body = String::from_utf8(body(&notice("n1")).unwrap()).unwrap();
        insta::assert_snapshot!(body, @r#"{"type":"use.suspended","timestamp":"2026-11-27T07:04:05Z","data":{"id":"n1","about":"use/credit-card-default","title":{"en":"Credit card default was suspended","zh-Hant":"「信用卡違約」已被暫停"},"link":"https://dualtrack.example/uses/credit-card-default","entry":123}}"#);
    }

    #[test]
    fn a_body_beyond_64_kib_is_not_sent() {
        let mut notice = notice("n1");
        notice.title.en = "x".repeat(MOST_SENT);
        assert!(body(&notice).unwrap_err().contains("no more than 65536"));
    }

    #[test]
    fn only_what_can_change_is_tried_again() {
        for status in [200, 202, 204] {
            assert_eq!(by_status(status), Delivered::Done);
        }
        for status in [301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504] {
            assert!(matches!(by_status(status), Delivered::Later(_)), "{status}");
        }
        for status in [400, 401, 403, 404, 410, 413, 422] {
            assert!(matches!(by_status(status), Delivered::Never(_)), "{status}");
        }
    }

    #[test]
    fn an_address_that_is_none_or_holds_a_password_is_refused_without_repeating_it() {
        for url in [
            "",
            "hooks.example",
            "/path",
            "ftp://hooks.example/",
            "file:///etc/passwd",
            "https://",
            "https://a b/",
            "https://user:hunter2@hooks.example/",
            "https://hooks.example/\r\nx: y",
            &format!("https://hooks.example/{}", "x".repeat(2_048)),
        ] {
            let Delivered::Never(why) = sent(url, true) else { panic!("{url} was called") };
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn a_private_address_is_refused_before_it_is_called_and_its_path_is_not_repeated() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        // The last three are 127.0.0.1 as a system reads them, too.
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "127.1"] {
            for scheme in ["http", "https"] {
                let Delivered::Never(why) = sent(&format!("{scheme}://{host}:{port}/token"), false) else {
                    panic!("{host} was called")
                };
                assert!(why.contains("allow_private") && !why.contains("token"), "{why}");
            }
        }
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }

    #[test]
    fn where_nobody_listens_is_tried_again() {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        assert!(matches!(sent(&format!("http://127.0.0.1:{port}/"), true), Delivered::Later(_)));
    }

    #[test]
    fn without_a_secret_nothing_is_sent() {
        let caller = Caller::new(true, None).unwrap();
        let came = caller.send(&notice("n1"), "https://127.0.0.1:1/", &[], Timestamp::UNIX_EPOCH);
        assert!(matches!(came, Delivered::Never(why) if why.contains("no secret")));
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            assert!(Caller::new(true, Some(pem.as_bytes())).is_err(), "{pem}");
        }
    }

    proptest! {
        #[test]
        fn no_address_of_a_stranger_breaks_the_reading(url in "(https?://)?.{0,80}") {
            let _ = address(&url);
        }
    }
}
