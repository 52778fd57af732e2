"""What Kubernetes allows, as data, each with the page it was read from. All read 2026-11-30."""

# Characters of a CronJob's name, the shortest of those that are used here: its Jobs' names are 11 longer.
# https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec
LONGEST_NAME = 52
# Of a namespace's name, and of a label's value.
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
LONGEST_NAMESPACE = LONGEST_LABEL = 63
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
LABEL = r"(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?"
LABEL_KEY = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?" + LABEL
NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
SUBDOMAIN = rf"(?=.{{1,253}}$){NAME}(\.{NAME})*"

# Namespaces that are the cluster's own.
# https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
TAKEN = ("default", "kube-node-lease", "kube-public", "kube-system")

# https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
FIRST_NODE_PORT, LAST_NODE_PORT = 30000, 32767

# Bytes of a ConfigMap and of a Secret.
# https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
# https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
LARGEST_DATA = 1024 * 1024

# Replicas that a Deployment may have in this project: Kubernetes names no limit of its own but 110 pods to a node.
# https://kubernetes.io/docs/setup/best-practices/cluster-large/
MOST_REPLICAS = 1000

# Of a core: what a quantity can say. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu
LEAST_CPU = 0.001
