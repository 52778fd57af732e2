"""What AWS allows, as data, each with the page it was read from. Read 2026-11-23 where no other day is told."""

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and botocore 1.44's endpoints.json,
# without China's and the isolated ones.
_NAMES = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1"
    " ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1"
    " eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1"
    " me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2"
    " us-gov-east-1 us-gov-west-1"
)
REGIONS = frozenset(_NAMES.split())


def partition(region: str) -> str:
    """The second word of every ARN of a region."""
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


# Pairs of CPU units (1024 are a vCPU) and MiB:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
FARGATE_SIZES = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}

# Seconds between SIGTERM and SIGKILL (`stopTimeout`): the same page.
LONGEST_STOP = 120

# Days: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# A load balancer wants a /27 with eight free addresses, and a VPC here is cut into sixteen subnets:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
SMALLEST_NETWORK = 23

# By their ids, which are the same in every account:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
ZONES_WITHOUT_FARGATE = ("use1-az3", "cac1-az3", "apne1-az3")
# Where a cluster of EKS may not stand either:
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#cluster-subnets, read 2026-11-30.
ZONES_WITHOUT_EKS = (*ZONES_WITHOUT_FARGATE, "usw1-az2")

# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html, less what Pulumi puts at the end
LONGEST_SCHEDULE = 64 - 8

# Percent: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
LEAST_STEP = 3

# 32 characters, of which Pulumi puts a hyphen and seven of its own at the end:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
LONGEST_NAME = 32 - 8

# Seconds: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
LONGEST_IDLE = 4000
LONGEST_DRAIN = 3600

# Characters of a cluster's name: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html,
# read 2026-11-30.
LONGEST_CLUSTER = 100
