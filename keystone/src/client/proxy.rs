//! The proxy that the environment names.

use ureq::Proxy;

use super::config::BaseUrl;
use crate::{Error, ErrorKind};

/// The proxy for this server: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, else `ALL_PROXY`, unless
/// `NO_PROXY` names its host. This machine is always reached directly.
pub(crate) fn of_environment(base: &BaseUrl) -> Result<Option<Proxy>, Error> {
    if base.is_loopback() {
        return Ok(None);
    }
    let names: [&str; 4] = if base.https {
        ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
    };
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let Some((name, address)) = names.into_iter().find_map(|name| Some((name, variable(name)?)))
    else {
        return Ok(None);
    };
    // Not quoted: it may hold a password.
    let wrong =
        || Error::new(ErrorKind::Config, format!("the variable {name} holds no URL of a proxy"));
    let exempt = variable("no_proxy").or_else(|| variable("NO_PROXY")).unwrap_or_default();
    if is_exempt(&base.host, &exempt) {
        return Ok(None);
    }
    Proxy::new(address.trim()).map(Some).map_err(|_| wrong())
}

/// Whether a host is on the list of those that are reached directly: by its name, as part of a
/// domain (with or without a dot before it), or all of them (`*`), as curl reads the list.
fn is_exempt(host: &str, list: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.trim_matches(['[', ']']).to_ascii_lowercase();
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        entry == "*"
            || host == domain
            || host
                .strip_suffix(domain)
                .is_some_and(|rest| !domain.is_empty() && rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_exempt_by_name_and_by_domain() {
        for (host, list) in [
            ("api.example.com", "example.com"),
            ("api.example.com", ".example.com"),
            ("api.example.com", "*.example.com"),
            ("Example.com", "other, EXAMPLE.com"),
            ("10.0.0.1", "10.0.0.1"),
            ("[fd00::1]", "fd00::1"),
            ("anything", "*"),
        ] {
            assert!(is_exempt(host, list), "{host} {list}");
        }
        for (host, list) in [
            ("badexample.com", "example.com"),
            ("example.com.evil", "example.com"),
            ("example.com", ""),
            ("example.com", " , ."),
            ("com", "example.com"),
        ] {
            assert!(!is_exempt(host, list), "{host} {list}");
        }
    }
}
