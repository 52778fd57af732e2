"""What checkov says of the AWS plans and is let pass, each with its reason: as `# checkov:skip` does it in a file.

By the check and then by a pattern of `<stack>/<type>.<name>`. A waiver that nothing wants any more fails the scan too.
"""

from collections.abc import Mapping

_CHEAP = "a stack before production does without what costs"
_NO_DOMAIN = f"{_CHEAP}: it has no domain, and without one there is no certificate"
_NO_KEY = f"{_CHEAP}: AWS's own key encrypts it, and service:options.kms has one of the account's"
_LOGS = "it holds the balancer's access logs alone, until they expire"
_SHIPPED = "whoever ships reaches the API server with credentials of AWS, a runner of a repository too"
_FEW_LOGS = "how long logs are of use is service:options.log_retention's to say; a year costs, and may break a promise"

WAIVERS: Mapping[str, Mapping[str, str]] = {
    # What holds for every stack.
    "CKV_AWS_51": {"*/aws_ecr_repository.*-cache": "a build's cache is kept under one tag, which no task runs"},
    "CKV_AWS_136": {
        "*/aws_ecr_repository.*": "ECR's own key encrypts it: a repository cannot change its key, and whoever gave one "
        "up would lose every image with it"
    },
    "CKV_AWS_260": {
        "*/aws_vpc_security_group_ingress_rule.*-http-balancer": "the balancer sends port 80 on to HTTPS, where "
        "there is a certificate; without a domain it is the port that is served"
    },
    "CKV_AWS_297": {
        "*/aws_scheduler_schedule.*": "a schedule holds a name, a time and ARNs, and AWS's key encrypts it"
    },
    "CKV_AWS_338": {"*/aws_cloudwatch_log_group.*": _FEW_LOGS},
    "CKV2_AWS_57": {
        "*/aws_secretsmanager_secret.*": "the stack sets or makes its secrets, and a change of one starts a "
        "deployment; a rotation behind its back would start none"
    },
    # What production does without.
    "CKV_AWS_18": {"aws-prod/aws_s3_bucket.*-access": f"{_LOGS}, and a log of the log has no end"},
    "CKV_AWS_21": {"aws-prod/aws_s3_bucket.*-access": f"{_LOGS}, and nothing writes an object twice"},
    "CKV_AWS_144": {"aws-prod/aws_s3_bucket.*-access": f"{_LOGS}: a loss of the region loses no more than these"},
    "CKV_AWS_145": {
        "aws-prod/aws_s3_bucket.*-access": "a balancer writes its logs to buckets that S3's own key encrypts, and no "
        "others (docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html, 2026-11-23)"
    },
    "CKV2_AWS_31": {
        "aws-prod/aws_wafv2_web_acl.*": "its metrics and sampled requests tell what a rule blocks; whole requests, "
        "with whatever a person's browser sends, are logged nowhere"
    },
    "CKV2_AWS_62": {"aws-prod/aws_s3_bucket.*-access": f"{_LOGS}, and nobody waits for one"},
    "CKV2_AWS_76": {
        "aws-prod/aws_lb.*": "the rules against Log4j are in AWSManagedRulesKnownBadInputsRuleSet, which is there; the "
        "check asks for AWSManagedRulesAnonymousIpList too, which turns away whoever comes through a VPN or a cloud"
    },
    # What a cluster does without that is shipped to from anywhere.
    "CKV_AWS_38": {"aws-eks/aws_eks_cluster.*": f"{_SHIPPED}; service:options.cluster.reached_from says from where"},
    "CKV_AWS_39": {"aws-eks/aws_eks_cluster.*": f"{_SHIPPED}; service:options.cluster.private closes it"},
    # What a stack before production does without: dev, or dev and staging.
    "CKV_AWS_2": {"aws-dev/aws_lb_listener.*-http": _NO_DOMAIN},
    "CKV_AWS_26": {"aws-staging/aws_sns_topic.*": _NO_KEY},
    "CKV_AWS_65": {"aws-[ds]*/aws_ecs_cluster.*": f"{_CHEAP}: service:options.insights"},
    "CKV_AWS_91": {"aws-[ds]*/aws_lb.*": f"{_CHEAP}: service:options.access_logs"},
    "CKV_AWS_103": {"aws-dev/aws_lb_listener.*-http": _NO_DOMAIN},
    "CKV_AWS_149": {"aws-[ds]*/aws_secretsmanager_secret.*": _NO_KEY},
    "CKV_AWS_150": {"aws-[ds]*/aws_lb.*": "a stack before production is destroyed as easily as it is made"},
    "CKV_AWS_158": {"aws-[ds]*/aws_cloudwatch_log_group.*": _NO_KEY},
    "CKV_AWS_333": {
        "aws-[ds]*/aws_ecs_service.*": f"{_CHEAP}: a public address spares a NAT gateway, and the tasks' security "
        "group lets in the balancer alone"
    },
    "CKV_AWS_378": {"aws-dev/aws_lb_target_group.*": "TLS ends at the balancer, and the tasks let in nobody else"},
    "CKV2_AWS_11": {"aws-[ds]*/aws_vpc.*": f"{_CHEAP}: service:options.network.flow_logs"},
    "CKV2_AWS_20": {"aws-dev/aws_lb.*": _NO_DOMAIN},
    "CKV2_AWS_28": {"aws-[ds]*/aws_lb.*": f"{_CHEAP}: service:options.waf"},
}
