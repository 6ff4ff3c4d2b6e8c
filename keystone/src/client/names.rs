//! Addresses of host names, kept for a while.
//!
//! The HTTP library looks a name up for each request, even where a connection is open already, and
//! starts a thread for it where the request has a time-out. Both would be most of what a small
//! request costs.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an address is good for. Short, so that a server that moves is found again soon.
const FRESH: Duration = Duration::from_secs(10);

/// Looks names up, and remembers the last one.
#[derive(Debug, Default)]
pub(crate) struct Names {
    system: DefaultResolver,
    /// A client has one server; other names come up only with redirects and proxies.
    last: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    authority: String,
    https: bool,
    addresses: Vec<SocketAddr>,
    since: Instant,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let https = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let host = uri.host().unwrap_or_default();
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(self.list(&[SocketAddr::new(address, port)]));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = &*last
                && known.authority == authority
                && known.https == https
                && known.since.elapsed() < FRESH
            {
                return Ok(self.list(&known.addresses));
            }
        }
        // A lookup that fails is a host that is unknown, whatever the system says of it.
        let found = self.system.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known {
            authority: authority.to_owned(),
            https,
            addresses: found.to_vec(),
            since: Instant::now(),
        });
        Ok(found)
    }
}

impl Names {
    fn list(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut list = self.empty();
        for address in addresses {
            list.push(*address);
        }
        list
    }
}
