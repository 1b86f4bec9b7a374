//! The web server's logs, and a request as all logs see it: the front end's row, the proxy's, and the back end's.

use super::proxy;
use crate::host::{Host, Site, WebColumns};
use crate::moment::Moment;
use crate::server::{Head, Key, Mark, Server};

const DEFAULT: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
    cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
const EXTENDED: &str = "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username \
    c-ip cs-version cs(User-Agent) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes \
    time-taken";
const FORWARDED: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
    cs(Referer) sc-status sc-substatus sc-win32-status time-taken X-Forwarded-For";
const WHOLE: &str = "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username \
    c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes \
    cs-bytes time-taken";
const LEAN: &str = "date time cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status";
const CUSTOM: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs-host \
    sc-status sc-substatus sc-win32-status sc-bytes time-taken X-Forwarded-For";

/// A request from outside, or from the server itself.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// When it ended.
    pub time: Moment,
    /// The client's address.
    pub client: &'a str,
    /// The name under which the server was called.
    pub mail_name: &'a str,
    /// The proxy's folder for it; none where the proxy does not see it.
    pub protocol: Option<&'static str>,
    /// `GET`, `POST`.
    pub method: &'a str,
    /// Path.
    pub stem: &'a str,
    /// Query, without a question mark.
    pub query: &'a str,
    /// `DOMAIN\name` of somebody who signed in.
    pub user: Option<&'a str>,
    /// Kind of sign-in, as the proxy calls it.
    pub auth: &'a str,
    /// User agent.
    pub agent: &'a str,
    /// Where the client came from.
    pub referer: &'a str,
    /// The mailbox or server by which it was routed.
    pub anchor: &'a str,
    /// Why it was routed there.
    pub hint: &'a str,
    /// The cookie by which it was routed.
    pub cookie: &'a str,
    /// Answer.
    pub status: u16,
    /// Answer of the back end, where it was asked.
    pub back_status: Option<u16>,
    /// What the back end's own log says of it.
    pub back: Option<Back<'a>>,
    /// Bytes received and sent.
    pub sizes: (u64, u64),
    /// How long it took, in milliseconds.
    pub took: i64,
    /// Error text of the proxy.
    pub errors: &'a str,
}

/// A request at the back end.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// Path.
    pub stem: &'a str,
    /// Query.
    pub query: &'a str,
    /// Who it runs as.
    pub user: &'a str,
    /// Answer.
    pub status: u16,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            time: Moment::default(),
            client: "",
            mail_name: "",
            protocol: None,
            method: "GET",
            stem: "/",
            query: "",
            user: None,
            auth: "",
            agent: "",
            referer: "-",
            anchor: "",
            hint: "",
            cookie: "",
            status: 200,
            back_status: None,
            back: None,
            sizes: (0, 0),
            took: 15,
            errors: "",
        }
    }
}

impl Request<'_> {
    /// The version that the proxy notes of the server it asks.
    pub fn target_version(&self, host: &Host) -> String {
        if self.anchor.starts_with("ServerInfo~localhost") {
            return "0.00.0003.000".to_owned();
        }
        let [major, minor, build, _] = host.build;
        crate::host::long([major, minor, build, 0])
    }
}

impl Request<'_> {
    /// The cookies that the client sent: a forged route, or those of somebody who has signed in.
    fn cookies(&self) -> String {
        let route = self.anchor.strip_prefix("ServerInfo~").map(|route| format!("{route}~1942062522"));
        match (route, self.hint, self.user) {
            (Some(route), "X-BEResource-Cookie", _) => format!("X-BEResource={route}"),
            (Some(route), ..) => format!("X-AnonResource=true; X-AnonResource-Backend={route}"),
            (None, _, Some(user)) => {
                let number = user.bytes().fold(0x2f6b_u32, |sum, byte| sum.rotate_left(5) ^ u32::from(byte));
                format!("ClientId={number:08X}{:08X}; X-BackEndCookie={}", number.rotate_left(11), self.cookie)
            }
            (None, ..) if self.cookie.starts_with("Server~") => format!("X-BEResource={}", self.cookie),
            (None, ..) => String::new(),
        }
    }
}

/// The traces of one request in the three logs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys {
    front: Option<Key>,
    proxy: Option<Key>,
    back: Option<Key>,
}

/// Keys for a request, or a burst of alike requests: the proxy's row weighs most; where it sees nothing, the web
/// server's.
pub fn keys(server: &mut Server, mark: &Mark, is_proxied: bool) -> Keys {
    if is_proxied {
        let proxy = server.key(mark.clone());
        let front = Some(server.same_act(proxy, mark.lesser()));
        let back = Some(server.same_act(proxy, mark.lesser()));
        Keys { front, proxy: Some(proxy), back }
    } else {
        Keys { front: Some(server.key(mark.clone())), proxy: None, back: None }
    }
}

/// Writes one request into every log that sees it.
pub fn record(server: &mut Server, request: &Request<'_>, mark: Option<&Mark>) {
    let keys = mark.map(|mark| keys(server, mark, request.protocol.is_some())).unwrap_or_default();
    record_with(server, request, keys);
}

/// The same with keys that other requests share.
pub fn record_with(server: &mut Server, request: &Request<'_>, keys: Keys) {
    let id = server.dice.guid();
    if let Some(protocol) = request.protocol {
        proxy::record(server, protocol, request, &id, keys.proxy);
    }
    let with_id = |query: &str| match request.protocol {
        Some(_) => format!("{query}&CorrelationID=<empty>;&cafeReqId={id};"),
        None if query.is_empty() => "-".to_owned(),
        None => query.to_owned(),
    };
    let query = with_id(request.query);
    let query = if request.protocol.is_some() { format!("{query}&encoding=;") } else { query };
    front_row(server, request, &query, keys.front);
    if let Some(back) = request.back {
        let query = with_id(back.query);
        let own = server.host.link_local;
        back_row(server, request, &back, &query, own, keys.back);
    }
}

/// A request of another server of the house, which only the back end's own log sees.
pub fn record_behind(server: &mut Server, request: &Request<'_>, back: &Back<'_>) {
    let id = server.dice.guid();
    let query = format!("{}&CorrelationID=<empty>;&cafeReqId={id};", back.query);
    back_row(server, request, back, &query, request.client, None);
}

struct Line<'a> {
    time: Moment,
    server_address: &'a str,
    port: u16,
    method: &'a str,
    stem: &'a str,
    query: &'a str,
    user: &'a str,
    client: &'a str,
    agent: &'a str,
    referer: &'a str,
    cookie: String,
    mail_name: &'a str,
    status: u16,
    sizes: (u64, u64),
    took: i64,
}

fn front_row(server: &mut Server, request: &Request<'_>, query: &str, key: Option<Key>) {
    let host = server.host;
    let line = Line {
        time: request.time,
        server_address: if request.client.contains(':') { host.link_local } else { host.address },
        port: 443,
        method: request.method,
        stem: request.stem,
        query,
        user: request.user.unwrap_or("-"),
        client: request.client,
        agent: request.agent,
        referer: request.referer,
        cookie: request.cookies(),
        mail_name: request.mail_name,
        status: request.status,
        sizes: request.sizes,
        took: request.took,
    };
    write(server, Site::Front, &line, key);
}

fn back_row(server: &mut Server, request: &Request<'_>, back: &Back<'_>, query: &str, client: &str, key: Option<Key>) {
    let host = server.host;
    let name = host.full_name();
    let line = Line {
        time: request.time,
        server_address: if client.contains(':') { host.link_local } else { host.address },
        port: 444,
        method: request.method,
        stem: back.stem,
        query,
        user: back.user,
        client,
        agent: request.agent,
        referer: "-",
        cookie: String::new(),
        mail_name: &name,
        status: back.status,
        sizes: request.sizes,
        took: request.took,
    };
    write(server, Site::Back, &line, key);
}

fn fields(host: &Host) -> &'static str {
    match host.web_columns {
        WebColumns::Default => DEFAULT,
        WebColumns::Extended => EXTENDED,
        WebColumns::Forwarded => FORWARDED,
        WebColumns::Whole => WHOLE,
        WebColumns::Lean => LEAN,
        WebColumns::Custom => CUSTOM,
    }
}

/// The head of this host's web logs.
pub fn head(host: &Host) -> Head {
    let version = if host.build.get(1) == Some(&0) { "8.5" } else { "10.0" };
    Head::Web { version, fields: fields(host) }
}

fn write(server: &mut Server, site: Site, line: &Line<'_>, key: Option<Key>) {
    let host = server.host;
    let blank = |text: &str| if text.is_empty() { "-".to_owned() } else { text.replace(' ', "+") };
    let is_balanced = matches!(host.web_columns, WebColumns::Forwarded | WebColumns::Custom) && site == Site::Front;
    let (socket, forwarded) =
        if is_balanced && !line.client.contains(':') { ("10.20.0.254", line.client) } else { (line.client, "-") };
    let (day, clock) = (line.time.iso_day(), line.time.clock_text());
    let number = if site == Site::Front { host.sites.0 } else { host.sites.1 };
    let values: Vec<String> = fields(&host)
        .split(' ')
        .map(|name| match name {
            "date" => day.clone(),
            "time" => clock.clone(),
            "s-sitename" => format!("W3SVC{number}"),
            "s-computername" => host.name.to_owned(),
            "s-ip" => line.server_address.to_owned(),
            "cs-method" => line.method.to_owned(),
            "cs-uri-stem" => blank(line.stem),
            "cs-uri-query" => blank(line.query),
            "s-port" => line.port.to_string(),
            "cs-username" => blank(line.user),
            "c-ip" => socket.to_owned(),
            "cs-version" => "HTTP/1.1".to_owned(),
            "cs(User-Agent)" => blank(line.agent),
            "cs(Cookie)" => blank(&line.cookie),
            "cs(Referer)" => blank(line.referer),
            "cs-host" => blank(line.mail_name),
            "sc-status" => line.status.to_string(),
            "sc-bytes" => line.sizes.1.to_string(),
            "cs-bytes" => line.sizes.0.to_string(),
            "time-taken" => line.took.to_string(),
            "X-Forwarded-For" => forwarded.to_owned(),
            _ => "0".to_owned(),
        })
        .collect();
    server.row(&host.web_log(site, line.time), || head(&host), line.time, values.join(" "), key);
}
