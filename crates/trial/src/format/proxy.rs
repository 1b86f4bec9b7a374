//! Proxy logs of the front end: one row for each request that it handed on or answered
//! (../shared/facts/log-formats.md, section 1; column values after the public samples that it names).

use super::csv;
use super::web::Request;
use crate::dice::Dice;
use crate::host::{Columns, Heading, Host};
use crate::moment::{HOUR, Moment};
use crate::server::{Head, Key, Server};

const FIRST: &str = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,\
    UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,\
    UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,\
    TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,\
    ResponseBytes,TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,\
    CalculateTargetBackEndLatency,GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,\
    TotalAccountForestLatency,ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,";
const CACHE: &str = "SharedCacheLatencyBreakup,TotalSharedCacheLatency,";
const SECOND: &str = "ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,ClientReqStreamLatency,\
    BackendReqInitLatency,BackendReqStreamLatency,BackendProcessingLatency,BackendRespInitLatency,\
    BackendRespStreamLatency,ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,\
    RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,RoutingLatency,HttpProxyOverhead,\
    TotalRequestTime,";
const TAIL: &str = ",EdgeTraceId,DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus";
/// The shorter list of 2013; its middle is composed after the differences that the facts name.
const OLD: &str = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,\
    UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,\
    ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,\
    TargetServerVersion,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,ResponseBytes,\
    TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,CalculateTargetBackEndLatency,\
    GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,\
    ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,ActivityContextLifeTime,\
    ModuleToHandlerSwitching,FirstResponseByteReceived,ProxyTime,RequestHandlerLatency,TotalRequestTime,\
    UrlQuery,GenericInfo,GenericErrors";

/// The columns of a host's proxy logs at a moment: an update may have changed them.
pub fn fields(host: &Host, updated: bool) -> String {
    match host.columns {
        Columns::Old => OLD.to_owned(),
        Columns::Middle if !updated => {
            format!("{FIRST}{CACHE}{SECOND}UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors")
        }
        Columns::Middle | Columns::Full => {
            format!(
                "{FIRST}{CACHE}{SECOND}RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors{TAIL}"
            )
        }
    }
}

/// The log of a protocol's hour.
pub fn path(host: &Host, protocol: &str, time: Moment) -> String {
    host.installed(&format!("Logging\\HttpProxy\\{protocol}\\HttpProxy_{}-1.LOG", time.hour_stamp()))
}

/// The head of that log.
pub fn head(host: &Host, update: Option<([u16; 4], Moment)>, time: Moment) -> Head {
    let build = update.filter(|(_, at)| *at <= time).map(|(build, _)| build);
    let heading = if host.columns == Columns::Old { Heading::PlainThenComments } else { host.heading };
    Head::Mail {
        version: crate::host::long(build.unwrap_or(host.build)),
        log_type: "HttpProxy Logs",
        fields: fields(host, build.is_some()),
        heading,
    }
}

/// Opens the hour's log, also where nothing happens in it.
pub fn open(server: &mut Server, protocol: &str, time: Moment) {
    let (host, update) = (server.host, server.update);
    let hour = time.floor(HOUR);
    server.open(&path(&host, protocol, hour), || head(&host, update, hour), hour);
}

/// One row.
pub fn record(server: &mut Server, protocol: &str, request: &Request<'_>, id: &str, key: Option<Key>) {
    let (host, update) = (server.host, server.update);
    let updated = update.is_some_and(|(_, at)| at <= request.time.floor(HOUR));
    let names = fields(&host, updated);
    let build = if updated { update.map_or(host.build, |(build, _)| build) } else { host.build };
    let source = Source { host: &host, request, id, protocol, build };
    let mut dice = server.dice.clone();
    server.dice.roll();
    let values: Vec<String> = names.split(',').map(|name| csv(&source.value(name, &mut dice))).collect();
    let path = path(&host, protocol, request.time);
    server.row(&path, || head(&host, update, request.time.floor(HOUR)), request.time, values.join(","), key);
}

struct Source<'a> {
    host: &'a Host,
    request: &'a Request<'a>,
    id: &'a str,
    protocol: &'a str,
    build: [u16; 4],
}

impl Source<'_> {
    fn value(&self, name: &str, dice: &mut Dice) -> String {
        let Self { host, request, .. } = self;
        let [major, minor, build, revision] = self.build;
        let proxied = request.back_status.is_some();
        let only_proxied = |text: String| if proxied { text } else { String::new() };
        match name {
            "DateTime" => request.time.iso(),
            "RequestId" => self.id.to_owned(),
            "MajorVersion" => major.to_string(),
            "MinorVersion" => minor.to_string(),
            "BuildVersion" => build.to_string(),
            "RevisionVersion" => revision.to_string(),
            "Protocol" => self.protocol.to_owned(),
            "UrlHost" => request.mail_name.to_owned(),
            "UrlStem" => request.stem.to_owned(),
            "AuthenticationType" => request.auth.to_owned(),
            "IsAuthenticated" => if request.user.is_some() { "true" } else { "false" }.to_owned(),
            "AuthenticatedUser" => request.user.unwrap_or_default().to_owned(),
            "AnchorMailbox" => request.anchor.to_owned(),
            "UserAgent" => request.agent.replace(',', " "),
            "ClientIpAddress" => request.client.to_owned(),
            "ServerHostName" => host.name.to_owned(),
            "HttpStatus" => request.status.to_string(),
            "BackEndStatus" => request.back_status.map(|status| status.to_string()).unwrap_or_default(),
            "Method" => request.method.to_owned(),
            "ProxyAction" => only_proxied("Proxy".to_owned()),
            "TargetServer" => only_proxied(host.full_name().to_lowercase()),
            "TargetServerVersion" => only_proxied(request.target_version(host)),
            "RoutingType" => only_proxied("IntraForest".to_owned()),
            "RoutingHint" => request.hint.to_owned(),
            "BackEndCookie" => request.cookie.to_owned(),
            "RequestBytes" => request.sizes.0.to_string(),
            "ResponseBytes" => only_proxied(request.sizes.1.to_string()),
            "UrlQuery" => match request.query {
                "" => String::new(),
                query => format!("?{query}"),
            },
            "GenericInfo" => self.steps(),
            "GenericErrors" => request.errors.to_owned(),
            "RoutingStatus" => only_proxied("CafeV1".to_owned()),
            "TotalRequestTime" | "ProxyTime" | "ActivityContextLifeTime" => request.took.to_string(),
            name if name.ends_with("Latency") && proxied => dice.below(12).to_string(),
            _ => String::new(),
        }
    }

    fn steps(&self) -> String {
        let Request { time, took, back_status, .. } = self.request;
        let begin = time.plus(-took);
        let proxied = back_status.map(|_| {
            format!(
                "ProxyState-Run=None;FEAuth=BEVersion-1942062{}61;BeginGetResponse={};OnResponseReady={};\
                 EndGetResponse={};ProxyState-Complete=ProxyResponseData;",
                self.build.get(1).copied().unwrap_or(1),
                begin.plus(1).iso(),
                time.iso(),
                time.iso()
            )
        });
        format!(
            "BeginRequest={};CorrelationID=<empty>;{}SharedCacheGuard=0;EndRequest={};",
            begin.iso(),
            proxied.unwrap_or_default(),
            time.iso()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_list_has_74_columns_and_the_old_one_lacks_what_the_facts_say() {
        assert_eq!(format!("{FIRST}{CACHE}{SECOND}RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors{TAIL}").split(',').count(), 74);
        for missing in ["UrlHost", "RoutingType", "SharedCacheLatencyBreakup", "BackendProcessingLatency"] {
            assert!(!OLD.split(',').any(|name| name == missing), "{missing}");
        }
        assert!(OLD.ends_with("UrlQuery,GenericInfo,GenericErrors"));
    }
}
