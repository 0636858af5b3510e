//! Whoever sends slowly, and whoever takes every place, keeps nobody else out: against the server as it runs.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::dualtrack::folder;
use crate::served::Server;

/// A connection from an address of this machine.
fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

/// The first line of the answer, or none if the connection is closed without one.
fn asked(stream: &mut TcpStream) -> Option<String> {
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    answer(stream)
}

fn answer(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut part = [0; 1_024];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => break,
            Err(error) => panic!("{error}"),
        }
    }
    let text = String::from_utf8(bytes).unwrap();
    text.lines().next().map(ToOwned::to_owned)
}

#[test]
fn a_body_that_never_arrives_is_answered_and_one_address_does_not_take_every_place() {
    let place = folder();
    let server = Server::start(place.path(), "data");
    let to: SocketAddr = server.address.trim_start_matches("http://").parse().unwrap();
    let ok = Some("HTTP/1.1 200 OK".to_owned());

    // A body of which one byte comes, and no more.
    let begun = Instant::now();
    let mut slow = connect("127.0.0.1", to);
    let head = "POST /api/v1/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    // Connections that say nothing, until one address has all that it may have.
    let held: Vec<TcpStream> = (1..MOST_OF_ONE).map(|_| connect("127.0.0.1", to)).collect();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(
        asked(&mut connect("127.0.0.1", to)),
        None,
        "one address holds {MOST_OF_ONE} and gets another"
    );
    // Others are let in meanwhile. Elsewhere the whole of 127/8 is not this machine.
    #[cfg(target_os = "linux")]
    assert_eq!(asked(&mut connect("127.0.0.2", to)), ok);

    // A head that does not arrive ends by itself, and its place is free again.
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(asked(&mut connect("127.0.0.1", to)), ok);
    drop(held);

    // The body has a minute.
    slow.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
    let said = answer(&mut slow);
    let took = begun.elapsed();
    assert_eq!(said, Some("HTTP/1.1 408 Request Timeout".to_owned()));
    assert!((55..90).contains(&took.as_secs()), "it took {took:?}");
    server.end();
}

const MOST_OF_ONE: usize = 192;
