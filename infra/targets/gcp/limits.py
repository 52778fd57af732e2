"""What Google Cloud allows, as data, each with the page it was read from. All read 2026-11-29 unless told otherwise."""

# The endpoints in Google's discovery documents of Compute Engine and Cloud Run, as google-api-python-client 2.202 ships
# them, without those that https://cloud.google.com/compute/docs/regions-zones does not tell of, read 2026-11-23.
_NAMES = (
    "africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2"
    " asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2"
    " europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west10 europe-west12 europe-west2 europe-west3"
    " europe-west4 europe-west6 europe-west8 europe-west9 me-central1 me-central2 me-west1 northamerica-northeast1"
    " northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4"
    " us-east5 us-south1 us-west1 us-west2 us-west3 us-west4"
)
REGIONS = frozenset(_NAMES.split())

# CPUs, and the least and the most MiB that go with each:
# https://cloud.google.com/run/docs/configuring/services/cpu and .../services/memory-limits
WHOLE_CPUS = {1: (128, 4096), 2: (128, 8192), 4: (2048, 16384), 6: (4096, 24576), 8: (4096, 32768)}
# Less than one CPU, in steps of a thousandth, and the most MiB from each on: the same page. It also wants one request
# at a time, the first generation's environment, and billing by request.
LEAST_CPU = 0.08
MOST_OF_A_PART = {0.08: 512, 0.5: 1024}
# Least MiB: https://cloud.google.com/run/docs/configuring/services/memory-limits
LEAST_MEMORY = {"gen1": 128, "gen2": 512}
# Jobs and worker pools have the second generation's environment, a CPU and 512 MiB at the least:
# https://cloud.google.com/run/docs/configuring/jobs/cpu and https://cloud.google.com/run/docs/configuring/workerpools/cpu
LEAST_CPU_OF_A_TASK, LEAST_MEMORY_OF_A_TASK = 1, 512

# Requests of one instance at a time: https://cloud.google.com/run/docs/about-concurrency
MOST_CONCURRENCY = 1000

# Seconds between SIGTERM and SIGKILL: https://cloud.google.com/run/docs/container-contract#instance-shutdown
LONGEST_STOP = 10

# Seconds that Google's front ends keep an idle connection:
# https://cloud.google.com/load-balancing/docs/https/request-distribution#timeouts_and_retries
FRONT_END_IDLE = 600

# Characters of a service's name, and of a revision's, which begins with the service's:
# https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create
LONGEST_NAME, LONGEST_REVISION = 49, 63

# Characters of a service account's id, at the most and at the least:
# https://cloud.google.com/iam/docs/service-accounts-create
LONGEST_ACCOUNT, SHORTEST_ACCOUNT = 30, 6

# Seconds that a task of a job may take: https://cloud.google.com/run/docs/configuring/task-timeout
LONGEST_TASK = 7 * 24 * 3600

# Where a subnet of Direct VPC egress may be no smaller: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
SMALLEST_SUBNET = 26

# Days: https://cloud.google.com/logging/quotas#logs_retention_periods
LONGEST_RETENTION = 3650
