//! Asking others over the network, which happens only where an address was named.

use std::time::Duration;

use ureq::Agent;

use crate::failure::Failure;

/// A client that waits no longer than a minute and takes every status as an answer.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_mins(1)))
        .timeout_connect(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .user_agent(crate::PROGRAM)
        .build()
        .into()
}

/// The bytes at an address, no more than `most`; none if there is nothing.
pub(crate) fn bytes(agent: &Agent, address: &str, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |what: String| Failure::input(format!("cannot read {address}: {what}"));
    let mut response = agent.get(address).call().map_err(|error| failed(error.to_string()))?;
    match response.status().as_u16() {
        200 => {
            let read = response.body_mut().with_config().limit(most).read_to_vec();
            read.map(Some).map_err(|error| failed(error.to_string()))
        }
        404 | 410 => Ok(None),
        status => Err(failed(format!("it answers {status}"))),
    }
}
