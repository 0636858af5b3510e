//! What leaves with a person: the view she saw, as CSV, workbook and document, with where it comes from, and nothing
//! that the page would not show her.

use axum::http::StatusCode;

use crate::server::Server;

async fn asked(server: &Server, cookie: &str, path: &str, language: &str) -> crate::server::Answer {
    server.ask("GET", path, &[("cookie", cookie), ("accept-language", language)], "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_leaves_as_csv_workbook_and_document() {
    let server = Server::new().await;
    let cookie = server.begun("only-compliance-officer").await;
    for (format, kind, begins) in [
        ("csv", "text/csv; charset=utf-8", &b"\xef\xbb\xbf"[..]),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
        ("pdf", "application/pdf", b"%PDF-1.7"),
    ] {
        for path in ["/uses", "/uses/client-assistant", "/coverage", "/guidelines", "/"] {
            for language in ["en", "zh-Hant-HK"] {
                let answer = asked(&server, &cookie, &format!("{path}?format={format}"), language).await;
                let said = String::from_utf8_lossy(&answer.bytes);
                assert_eq!(answer.status, StatusCode::OK, "{path} as {format}: {said}");
                assert_eq!(answer.headers["content-type"], kind, "{path}");
                assert!(answer.bytes.starts_with(begins), "{path} as {format}");
                let named = answer.headers["content-disposition"].to_str().unwrap();
                assert!(named.ends_with(&format!(".{format}\"")), "{named}");
            }
        }
    }
    let csv = asked(&server, &cookie, "/uses?format=csv&stage=pilot", "en").await;
    let csv = String::from_utf8_lossy(&csv.bytes);
    assert!(csv.contains("http://localhost/uses?stage=pilot"), "{csv}");
    assert!(csv.contains("record as after entry"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_format_gives_what_the_page_refuses() {
    let server = Server::new().await;
    let cookie = server.begun("only-educator").await;
    for path in ["/uses/client-assistant", "/coverage", "/trail", "/people"] {
        let page = asked(&server, &cookie, path, "en").await;
        for format in ["csv", "xlsx", "pdf"] {
            let file = asked(&server, &cookie, &format!("{path}?format={format}"), "en").await;
            assert_eq!(file.status, page.status, "{path} as {format}");
            assert!(page.status.is_success() || !file.headers.contains_key("content-disposition"), "{path}");
        }
    }
}
