//! The AI services that are known, with the hosts under which they are reached and what invoices call them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::failure::Failure;

/// The AI services that are known, ready to be looked up.
#[derive(Debug)]
pub(crate) struct Services {
    /// On which day the list was true.
    pub(crate) as_of: Date,
    all: Vec<Service>,
    hosts: BTreeMap<String, usize>,
    merchants: Vec<(String, usize)>,
}

/// An AI service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// Names it.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// Who provides it.
    pub(crate) provider: String,
    /// The ends of its hosts.
    hosts: Vec<String>,
    /// Words on invoices.
    merchants: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Schema,
    as_of: Date,
    services: Vec<Service>,
}

#[derive(Debug, Deserialize)]
enum Schema {
    #[serde(rename = "dualtrack.ai-services/1")]
    V1,
}

impl Services {
    /// The list that ships with the binary.
    pub(crate) fn built_in() -> Result<Self, Failure> {
        let File { schema: Schema::V1, as_of, services } =
            dualtrack_catalogue::parse("policies/ai-services.yaml", BUILT_IN)
                .map_err(|error| Failure::input(error.to_string()))?;
        let mut hosts = BTreeMap::new();
        let mut merchants = Vec::new();
        for (place, service) in services.iter().enumerate() {
            hosts.extend(service.hosts.iter().map(|host| (host.clone(), place)));
            merchants.extend(service.merchants.iter().map(|words| (spaced(words), place)));
        }
        // The longest words first: `azure openai` is not OpenAI's.
        merchants.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        Ok(Self { as_of, all: services, hosts, merchants })
    }

    /// The service that is reached under a host, or an address with one.
    pub(crate) fn of_host(&self, text: &str) -> Option<&Service> {
        let text = text.trim().to_lowercase();
        let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let mut host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
        loop {
            if let Some(place) = self.hosts.get(host) {
                return self.all.get(*place);
            }
            host = host.split_once('.')?.1;
        }
    }

    /// The service that a merchant's name names.
    pub(crate) fn of_merchant(&self, text: &str) -> Option<&Service> {
        let text = spaced(text);
        let (_, place) = self.merchants.iter().find(|(words, _)| {
            // Chinese has no blanks between words.
            if words.is_ascii() { text.contains(words.as_str()) } else { text.contains(words.trim()) }
        })?;
        self.all.get(*place)
    }
}

/// Words in lower case with one blank around each, so that whole words are found.
fn spaced(text: &str) -> String {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!(" {} ", words.join(" "))
}

const BUILT_IN: &str = include_str!("../../policies/ai-services.yaml");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_service_is_found_by_host_and_by_merchant_and_nothing_else_is() {
        let services = Services::built_in().unwrap();
        let host = |text| services.of_host(text).map(|service| service.id.as_str());
        assert_eq!(host("api.openai.com"), Some("chatgpt"));
        assert_eq!(host("https://user@Chat.DeepSeek.com:443/a?b"), Some("deepseek"));
        assert_eq!(host("bank-east.openai.azure.com."), Some("azure-openai"));
        assert_eq!(host("notopenai.com"), None);
        assert_eq!(host("openai.com.evil.example"), None);
        assert_eq!(host(""), None);
        let merchant = |text| services.of_merchant(text).map(|service| service.id.as_str());
        assert_eq!(merchant("OPENAI *CHATGPT SUBSCR"), Some("chatgpt"));
        assert_eq!(merchant("Microsoft Azure OpenAI"), Some("azure-openai"));
        assert_eq!(merchant("北京月之暗面科技有限公司"), Some("kimi"));
        assert_eq!(merchant("Claudette Flowers"), None);
        assert_eq!(merchant("Hong Kong Tramways"), None);
    }

    #[test]
    fn the_list_names_every_service_host_and_merchant_once() {
        let services = Services::built_in().unwrap();
        assert!(services.all.len() >= 40);
        let ids: BTreeSet<&str> = services.all.iter().map(|service| service.id.as_str()).collect();
        assert_eq!(ids.len(), services.all.len());
        let hosts: usize = services.all.iter().map(|service| service.hosts.len()).sum();
        assert_eq!(services.hosts.len(), hosts, "a host stands twice");
        for service in &services.all {
            assert!(dualtrack_inventory::CandidateId::parse(&service.id).is_ok(), "{}", service.id);
            assert!(!service.provider.is_empty() && !service.hosts.is_empty(), "{}", service.id);
            for host in &service.hosts {
                assert!(host.contains('.') && *host == host.to_lowercase(), "{host}");
            }
        }
    }
}
