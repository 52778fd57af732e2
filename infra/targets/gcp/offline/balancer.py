"""Google's global load balancer and its domain: ids, outputs, what replaces, rules, prices."""

from infra.targets.gcp.offline import balancing
from infra.targets.gcp.offline.names import BALANCER_PRICE, COMPUTE, PRICED, READ
from tools.offline import forms
from tools.offline.tables import Others, Played, Price, Source, replacing
from tools.offline.values import Values

ARMOR = Source("https://cloud.google.com/armor/pricing", READ)
DNS = Source("https://cloud.google.com/dns/pricing", READ)
# So many rules of forwarding cost as much as one.
TOGETHER = 5


def _global(kind: str) -> str:
    return f"projects/{{project}}/global/{kind}/{{name}}"


def _link(kind: str) -> dict[str, str]:
    return {"selfLink": f"{COMPUTE}/global/{kind}/{{name}}"}


def _share(_inputs: Values, others: Others) -> float | None:
    """A rule's share of the price of the first five."""
    several = 1 + sum(1 for _ in others(balancing.FORWARDING))
    return 1 / several if several <= TOGETHER else 1 / TOGETHER


def _rules(inputs: Values) -> float:
    return float(len(forms.listed(inputs.get("rules"))))


BALANCER: dict[str, Played] = {
    "gcp:compute/globalAddress:GlobalAddress": Played(
        purpose="network",
        id=_global("addresses"),
        outputs=_link("addresses"),
        kind=replacing(
            "address",
            "addressType",
            "description",
            "ipVersion",
            "name",
            "network",
            "prefixLength",
            "project",
            "purpose",
        ),
        free="an address that a forwarding rule has is free",
    ),
    balancing.GROUP: Played(
        purpose="network",
        id="projects/{project}/regions/{region}/networkEndpointGroups/{name}",
        outputs={"selfLink": f"{COMPUTE}/regions/{{region}}/networkEndpointGroups/{{name}}"},
        kind=replacing(
            "appEngine",
            "cloudFunction",
            "cloudRun",
            "description",
            "name",
            "network",
            "networkEndpointType",
            "project",
            "pscData",
            "pscTargetService",
            "region",
            "serverlessDeployment",
            "subnetwork",
        ),
        judges=(balancing.endpoints,),
        beside=(balancing.has_its_service,),
        free="a group of endpoints is free",
    ),
    balancing.BACKEND: Played(
        purpose="network",
        id=_global("backendServices"),
        outputs={**_link("backendServices"), "generatedId": 1234567890},
        kind=replacing("name", "project"),
        beside=(balancing.serverless,),
        free="a backend service is free; what the balancer processes is not",
    ),
    balancing.URL_MAP: Played(
        purpose="network",
        id=_global("urlMaps"),
        outputs=_link("urlMaps"),
        kind=replacing("name", "project"),
        judges=(balancing.leads_somewhere,),
        free="a URL map is free",
    ),
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": Played(
        purpose="network",
        id=_global("sslCertificates"),
        outputs={**_link("sslCertificates"), "certificateId": 1234567890},
        kind=replacing("description", "managed", "name", "project", "type"),
        rules=(balancing.DOMAINS,),
        judges=(forms.at_most("managed.domains", 100, balancing.CERTIFICATES),),
        free="a certificate that Google manages is free",
    ),
    balancing.HTTPS: Played(
        purpose="network",
        id=_global("targetHttpsProxies"),
        outputs=_link("targetHttpsProxies"),
        kind=replacing("description", "name", "project", "proxyBind"),
        rules=(balancing.CONNECTIONS,),
        judges=(
            forms.only_one(
                "sslCertificates", "certificateMap", "certificateManagerCertificates", source=balancing.PROXIES
            ),
        ),
        free="a target proxy is free",
    ),
    balancing.HTTP: Played(
        purpose="network",
        id=_global("targetHttpProxies"),
        outputs=_link("targetHttpProxies"),
        kind=replacing("description", "httpKeepAliveTimeoutSec", "name", "project", "proxyBind"),
        rules=(balancing.CONNECTIONS,),
        free="a target proxy is free",
    ),
    balancing.FORWARDING: Played(
        purpose="network",
        id=_global("forwardingRules"),
        outputs={**_link("forwardingRules"), "baseForwardingRule": ""},
        kind=replacing(
            "description",
            "ipAddress",
            "ipProtocol",
            "ipVersion",
            "loadBalancingScheme",
            "metadataFilters",
            "name",
            "network",
            "networkTier",
            "noAutomateDnsZone",
            "portRange",
            "project",
            "serviceDirectoryRegistrations",
            "sourceIpRanges",
            "subnetwork",
        ),
        beside=(balancing.fits_its_target, balancing.same_scheme),
        prices=(
            Price(0.025, "hour", BALANCER_PRICE, region=PRICED, beside=_share),
            Price(0.008, "GiB that the balancer processes, each way", BALANCER_PRICE, region=PRICED),
        ),
    ),
    "gcp:compute/sSLPolicy:SSLPolicy": Played(
        purpose="network",
        id=_global("sslPolicies"),
        outputs=_link("sslPolicies"),
        kind=replacing("description", "name", "project"),
        judges=(
            forms.required(
                forms.is_("profile", "CUSTOM"), "customFeatures", "the profile CUSTOM wants them", balancing.PROXIES
            ),
            forms.when(
                forms.is_("profile", "COMPATIBLE", "MODERN", "RESTRICTED"),
                "customFeatures",
                "goes with the profile CUSTOM alone",
                balancing.PROXIES,
            ),
        ),
        free="a policy of TLS is free",
    ),
    "gcp:compute/securityPolicy:SecurityPolicy": Played(
        purpose="network",
        id=_global("securityPolicies"),
        outputs=_link("securityPolicies"),
        kind=replacing("name", "project", "type"),
        rules=(balancing.ACTIONS,),
        judges=(balancing.policy,),
        prices=(
            Price(5.0, "month", ARMOR, region=PRICED),
            Price(1.0, "month", ARMOR, _rules, PRICED),
            Price(0.75, "million requests that Cloud Armor looks at", ARMOR, region=PRICED),
        ),
    ),
    "gcp:dns/recordSet:RecordSet": Played(
        purpose="network",
        id="projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
        kind=replacing("managedZone", "name", "project", autonamed=None),
        rules=(balancing.FULL_NAME,),
        judges=(balancing.records, forms.only_one("rrdatas", "routingPolicy", source=balancing.RECORDS)),
        prices=(Price(0.40, "million questions to Cloud DNS", DNS, region=PRICED),),
    ),
}
