//! The proxy that the environment names.

use ureq::{Proxy, ProxyBuilder};

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
    let proxy = Proxy::new(address.trim()).map_err(|_| wrong())?;
    let Some(exempt) = variable("no_proxy").or_else(|| variable("NO_PROXY")) else {
        return Ok(Some(proxy));
    };
    let uri = proxy.uri();
    let mut builder: ProxyBuilder = Proxy::builder(proxy.protocol());
    builder = builder.host(proxy.host()).port(proxy.port());
    if let Some((user, password)) = uri.authority().and_then(|authority| {
        let (account, _) = authority.as_str().rsplit_once('@')?;
        Some(account.split_once(':').unwrap_or((account, "")))
    }) {
        builder = builder.username(user).password(password);
    }
    for host in exempt.split(',').map(str::trim).filter(|host| !host.is_empty()) {
        builder = builder.no_proxy(host);
    }
    builder.build().map(Some).map_err(|_| wrong())
}
