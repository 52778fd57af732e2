"""Which actions each type of resource takes: the calls by which the AWS provider makes, reads, changes and removes it.

Read from the calls in the Terraform provider's resources, which pulumi-aws bridges (version 6, as of 2026-11-23), and
from what AWS's Service Authorization Reference says that an action takes besides. Kinds of resources are that one's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Own(str):
    """The name of a resource that AWS made up, which no pattern can tell from others': the stack's tags must."""

    __slots__ = ()


@dataclass(frozen=True)
class Rights:
    """The actions for one type, as `service:Action,Action service:Action`.

    Attributes:
        create: the first one makes it.
        read: also needed to see what came of another act; all that a preview needs.
        use: what a deployer does with it beyond the provider: pushing images, running tasks, looking at logs.
        on: the name of each kind of resource that an action is allowed on; what the first action makes comes first.
            `{input}` is an input's value, `{input:2}` the third of its parts between slashes, `{input:2:}` all from
            there. Several names are parted by spaces.
    """

    create: str = ""
    read: str = ""
    update: str = ""
    delete: str = ""
    use: str = ""
    on: Mapping[str, str] = field(default_factory=dict[str, str])


NOTHING = Rights()

_BUCKET = {"s3:bucket": "{bucket}"}
_BALANCER = "{loadBalancerArn:2:}"
_TARGET = {"application-autoscaling:ScalableTarget": "*"}
_SCALED = {**_TARGET, "ecs:service": "{resourceId:1:}"}
_RULE = {"events:rule-on-default-event-bus": "{rule}"}

RIGHTS: Mapping[str, Rights] = {
    # What acts by what may be done with the others, or not on AWS.
    "docker-build:index:Image": NOTHING,
    "pulumi-python:dynamic/slipway:GeneratedSecret": NOTHING,
    "pulumi-python:dynamic/slipway:Publication": NOTHING,
    "pulumi-python:dynamic/slipway:ReleaseTask": NOTHING,
    "pulumi-python:dynamic/slipway:Rollout": NOTHING,
    "aws:acm/certificate:Certificate": Rights(
        create="acm:RequestCertificate,AddTagsToCertificate",
        read="acm:DescribeCertificate,ListTagsForCertificate",
        update="acm:UpdateCertificateOptions,AddTagsToCertificate,RemoveTagsFromCertificate",
        delete="acm:DeleteCertificate",
        on={"acm:certificate": Own("{arn:1}")},
    ),
    "aws:acm/certificateValidation:CertificateValidation": Rights(
        read="acm:DescribeCertificate", on={"acm:certificate": Own("{certificateArn:1}")}
    ),
    "aws:appautoscaling/policy:Policy": Rights(
        create="application-autoscaling:PutScalingPolicy cloudwatch:PutMetricAlarm ecs:UpdateService",
        read="application-autoscaling:DescribeScalingPolicies cloudwatch:DescribeAlarms ecs:DescribeServices",
        update="application-autoscaling:PutScalingPolicy cloudwatch:PutMetricAlarm",
        delete="application-autoscaling:DeleteScalingPolicy cloudwatch:DeleteAlarms",
        on={**_SCALED, "cloudwatch:alarm": "TargetTracking-{resourceId}-*"},
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Rights(
        create="application-autoscaling:PutScheduledAction",
        read="application-autoscaling:DescribeScheduledActions",
        update="application-autoscaling:PutScheduledAction",
        delete="application-autoscaling:DeleteScheduledAction",
        on=_TARGET,
    ),
    "aws:appautoscaling/target:Target": Rights(
        create="application-autoscaling:RegisterScalableTarget,TagResource ecs:UpdateService"
        " iam:CreateServiceLinkedRole",
        read="application-autoscaling:DescribeScalableTargets,ListTagsForResource ecs:DescribeServices",
        update="application-autoscaling:RegisterScalableTarget,TagResource,UntagResource",
        delete="application-autoscaling:DeregisterScalableTarget",
        on={
            **_SCALED,
            "iam:role": "aws-service-role/ecs.application-autoscaling.amazonaws.com"
            "/AWSServiceRoleForApplicationAutoScaling_ECSService",
        },
    ),
    "aws:cloudwatch/dashboard:Dashboard": Rights(
        create="cloudwatch:PutDashboard",
        read="cloudwatch:GetDashboard",
        update="cloudwatch:PutDashboard",
        delete="cloudwatch:DeleteDashboards",
        on={"cloudwatch:dashboard": "{dashboardName}"},
    ),
    "aws:cloudwatch/eventRule:EventRule": Rights(
        create="events:PutRule,TagResource",
        read="events:DescribeRule,ListTagsForResource",
        update="events:PutRule,EnableRule,DisableRule,TagResource,UntagResource",
        delete="events:DeleteRule",
        on={"events:rule-on-default-event-bus": "{name}"},
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Rights(
        create="events:PutTargets",
        read="events:ListTargetsByRule",
        update="events:PutTargets",
        delete="events:RemoveTargets",
        on=_RULE,
    ),
    "aws:cloudwatch/logGroup:LogGroup": Rights(
        create="logs:CreateLogGroup,PutRetentionPolicy,AssociateKmsKey,PutLogGroupDeletionProtection,TagResource",
        read="logs:DescribeLogGroups,ListTagsForResource",
        update="logs:PutRetentionPolicy,DeleteRetentionPolicy,AssociateKmsKey,DisassociateKmsKey"
        ",PutLogGroupDeletionProtection,TagResource,UntagResource",
        delete="logs:DeleteLogGroup",
        use="logs:DescribeLogStreams,FilterLogEvents,GetLogEvents",
        on={"logs:log-group": "{name} {name}:*", "logs:log-stream": "{name}:log-stream:*"},
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Rights(
        create="logs:PutResourcePolicy",
        read="logs:DescribeResourcePolicies",
        update="logs:PutResourcePolicy",
        delete="logs:DeleteResourcePolicy",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Rights(
        create="cloudwatch:PutMetricAlarm,TagResource",
        read="cloudwatch:DescribeAlarms,ListTagsForResource",
        update="cloudwatch:PutMetricAlarm,TagResource,UntagResource",
        delete="cloudwatch:DeleteAlarms",
        on={"cloudwatch:alarm": "{name}"},
    ),
    # The VPC makes it, without tags: it is not the stack's own until the provider has tagged it.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Rights(
        create="ec2:CreateTags,RevokeSecurityGroupEgress,RevokeSecurityGroupIngress"
        ",AuthorizeSecurityGroupEgress,AuthorizeSecurityGroupIngress",
        read="ec2:DescribeSecurityGroups",
        update="ec2:AuthorizeSecurityGroupEgress,AuthorizeSecurityGroupIngress,RevokeSecurityGroupEgress"
        ",RevokeSecurityGroupIngress,CreateTags,DeleteTags",
        on={"ec2:security-group": Own("{id}"), "ec2:security-group-rule": "*"},
    ),
    "aws:ec2/eip:Eip": Rights(
        create="ec2:AllocateAddress,CreateTags",
        read="ec2:DescribeAddresses,DescribeAddressesAttribute",
        update="ec2:CreateTags,DeleteTags",
        delete="ec2:DisassociateAddress,ReleaseAddress",
        on={"ec2:elastic-ip": Own("{id}")},
    ),
    "aws:ec2/flowLog:FlowLog": Rights(
        create="ec2:CreateFlowLogs,CreateTags",
        read="ec2:DescribeFlowLogs",
        update="ec2:CreateTags,DeleteTags",
        delete="ec2:DeleteFlowLogs",
        on={"ec2:vpc-flow-log": Own("{id}"), "ec2:vpc": Own("{vpcId}")},
    ),
    "aws:ec2/internetGateway:InternetGateway": Rights(
        create="ec2:CreateInternetGateway,CreateTags,AttachInternetGateway",
        read="ec2:DescribeInternetGateways",
        update="ec2:AttachInternetGateway,DetachInternetGateway,CreateTags,DeleteTags",
        delete="ec2:DetachInternetGateway,DeleteInternetGateway",
        on={"ec2:internet-gateway": Own("{id}"), "ec2:vpc": Own("{vpcId}")},
    ),
    "aws:ec2/natGateway:NatGateway": Rights(
        create="ec2:CreateNatGateway,CreateTags",
        read="ec2:DescribeNatGateways",
        update="ec2:CreateTags,DeleteTags",
        delete="ec2:DeleteNatGateway",
        on={
            "ec2:natgateway": Own("{id}"),
            "ec2:elastic-ip": Own("{allocationId}"),
            "ec2:subnet": Own("{subnetId}"),
        },
    ),
    "aws:ec2/route:Route": Rights(
        create="ec2:CreateRoute",
        read="ec2:DescribeRouteTables",
        update="ec2:ReplaceRoute",
        delete="ec2:DeleteRoute",
        on={"ec2:route-table": Own("{routeTableId}")},
    ),
    "aws:ec2/routeTable:RouteTable": Rights(
        create="ec2:CreateRouteTable,CreateTags,CreateRoute",
        read="ec2:DescribeRouteTables",
        update="ec2:CreateRoute,ReplaceRoute,DeleteRoute,CreateTags,DeleteTags",
        delete="ec2:DisassociateRouteTable,DeleteRouteTable",
        on={"ec2:route-table": Own("{id}"), "ec2:vpc": Own("{vpcId}")},
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Rights(
        create="ec2:AssociateRouteTable",
        read="ec2:DescribeRouteTables",
        update="ec2:ReplaceRouteTableAssociation",
        delete="ec2:DisassociateRouteTable",
        on={"ec2:route-table": Own("{routeTableId}"), "ec2:subnet": Own("{subnetId}")},
    ),
    "aws:ec2/securityGroup:SecurityGroup": Rights(
        create="ec2:CreateSecurityGroup,CreateTags,RevokeSecurityGroupEgress,AuthorizeSecurityGroupEgress"
        ",AuthorizeSecurityGroupIngress",
        read="ec2:DescribeSecurityGroups",
        update="ec2:AuthorizeSecurityGroupEgress,AuthorizeSecurityGroupIngress,RevokeSecurityGroupEgress"
        ",RevokeSecurityGroupIngress,CreateTags,DeleteTags",
        delete="ec2:DescribeNetworkInterfaces,DeleteSecurityGroup",
        on={"ec2:security-group": Own("{id}"), "ec2:vpc": "{vpcId}", "ec2:security-group-rule": "*"},
    ),
    "aws:ec2/subnet:Subnet": Rights(
        create="ec2:CreateSubnet,CreateTags,ModifySubnetAttribute",
        read="ec2:DescribeSubnets",
        update="ec2:ModifySubnetAttribute,CreateTags,DeleteTags",
        delete="ec2:DescribeNetworkInterfaces,DeleteSubnet",
        on={"ec2:subnet": Own("{id}"), "ec2:vpc": Own("{vpcId}")},
    ),
    "aws:ec2/vpc:Vpc": Rights(
        create="ec2:CreateVpc,CreateTags,ModifyVpcAttribute",
        read="ec2:DescribeVpcs,DescribeVpcAttribute,DescribeNetworkAcls,DescribeRouteTables,DescribeSecurityGroups",
        update="ec2:ModifyVpcAttribute,ModifyVpcTenancy,CreateTags,DeleteTags",
        delete="ec2:DeleteVpc",
        on={"ec2:vpc": Own("{id}")},
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Rights(
        create="ec2:CreateVpcEndpoint,CreateTags route53:AssociateVPCWithHostedZone",
        read="ec2:DescribeVpcEndpoints,DescribePrefixLists,DescribeVpcs,DescribeSubnets,DescribeSecurityGroups",
        update="ec2:ModifyVpcEndpoint,CreateTags,DeleteTags",
        delete="ec2:DeleteVpcEndpoints",
        on={
            "ec2:vpc-endpoint": Own("{id}"),
            "ec2:vpc": Own("{vpcId}"),
            "ec2:route-table": Own("*"),
            "ec2:security-group": Own("*"),
            "ec2:subnet": Own("*"),
            "route53:hostedzone": "*",
        },
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Rights(
        create="ecr:PutLifecyclePolicy",
        read="ecr:GetLifecyclePolicy",
        update="ecr:PutLifecyclePolicy",
        delete="ecr:DeleteLifecyclePolicy",
        on={"ecr:repository": "{repository}"},
    ),
    "aws:ecr/repository:Repository": Rights(
        create="ecr:CreateRepository,TagResource",
        read="ecr:DescribeRepositories,ListTagsForResource",
        update="ecr:PutImageTagMutability,PutImageScanningConfiguration,TagResource,UntagResource",
        delete="ecr:DeleteRepository",
        use="ecr:BatchCheckLayerAvailability,BatchGetImage,CompleteLayerUpload,GetDownloadUrlForLayer"
        ",InitiateLayerUpload,PutImage,UploadLayerPart",
        on={"ecr:repository": "{name}"},
    ),
    "aws:ecs/cluster:Cluster": Rights(
        create="ecs:CreateCluster,TagResource iam:CreateServiceLinkedRole",
        read="ecs:DescribeClusters,ListTagsForResource",
        update="ecs:UpdateCluster,TagResource,UntagResource",
        delete="ecs:DeleteCluster",
        use="ecs:ListClusters,DescribeClusters,ListTasks,DescribeTasks,StopTask",
        on={
            "ecs:cluster": "{name}",
            "ecs:task": "{name}/*",
            "iam:role": "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        },
    ),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Rights(
        create="ecs:PutClusterCapacityProviders",
        read="ecs:DescribeClusters",
        update="ecs:PutClusterCapacityProviders",
        delete="ecs:PutClusterCapacityProviders",
        on={"ecs:cluster": "{clusterName:-1}"},
    ),
    "aws:ecs/service:Service": Rights(
        # It waits for a deployment by ECS's records of deployments.
        create="ecs:CreateService,TagResource,ListServiceDeployments,DescribeServiceDeployments",
        read="ecs:DescribeServices,ListTagsForResource",
        update="ecs:UpdateService,TagResource,UntagResource,ListServiceDeployments,DescribeServiceDeployments",
        delete="ecs:UpdateService,DeleteService",
        use="ecs:ListServices",
        on={"ecs:service": "{cluster:-1}/{name}", "ecs:service-deployment": "{cluster:-1}/{name}/*"},
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Rights(
        create="ecs:RegisterTaskDefinition,TagResource",
        read="ecs:DescribeTaskDefinition,ListTagsForResource",
        update="ecs:TagResource,UntagResource",
        delete="ecs:DeregisterTaskDefinition",
        use="ecs:RunTask",
        on={"ecs:task-definition": "{family}:*"},
    ),
    "aws:eks/accessEntry:AccessEntry": Rights(
        create="eks:CreateAccessEntry,TagResource",
        read="eks:DescribeAccessEntry",
        update="eks:UpdateAccessEntry,TagResource,UntagResource",
        delete="eks:DeleteAccessEntry",
        on={"eks:cluster": "{clusterName}", "eks:access-entry": "{clusterName}/*"},
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Rights(
        create="eks:AssociateAccessPolicy",
        read="eks:ListAssociatedAccessPolicies",
        delete="eks:DisassociateAccessPolicy",
        on={"eks:access-entry": "{clusterName}/*"},
    ),
    "aws:eks/addon:Addon": Rights(
        create="eks:CreateAddon,TagResource",
        read="eks:DescribeAddon",
        update="eks:UpdateAddon,DescribeUpdate,TagResource,UntagResource",
        delete="eks:DeleteAddon",
        on={"eks:cluster": "{clusterName}", "eks:addon": "{clusterName}/{addonName}/*"},
    ),
    "aws:eks/cluster:Cluster": Rights(
        create="eks:CreateCluster,TagResource iam:CreateServiceLinkedRole",
        read="eks:DescribeCluster",
        update="eks:UpdateClusterConfig,UpdateClusterVersion,AssociateEncryptionConfig,DescribeUpdate"
        ",TagResource,UntagResource",
        delete="eks:DeleteCluster",
        on={
            "eks:cluster": "{name}",
            "iam:role": "aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
        },
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Rights(
        create="eks:CreatePodIdentityAssociation,TagResource",
        read="eks:DescribePodIdentityAssociation",
        update="eks:UpdatePodIdentityAssociation,TagResource,UntagResource",
        delete="eks:DeletePodIdentityAssociation",
        on={"eks:cluster": "{clusterName}", "eks:podidentityassociation": "{clusterName}/*"},
    ),
    "aws:iam/role:Role": Rights(
        create="iam:CreateRole,TagRole",
        read="iam:GetRole,ListRolePolicies,GetRolePolicy,ListAttachedRolePolicies,ListRoleTags",
        update="iam:UpdateAssumeRolePolicy,UpdateRole,UpdateRoleDescription,PutRolePermissionsBoundary,TagRole,UntagRole",
        delete="iam:ListInstanceProfilesForRole,DeleteRole",
        use="iam:PassRole",
        on={"iam:role": "{name}"},
    ),
    "aws:iam/rolePolicy:RolePolicy": Rights(
        create="iam:PutRolePolicy",
        read="iam:GetRolePolicy",
        update="iam:PutRolePolicy",
        delete="iam:DeleteRolePolicy",
        on={"iam:role": "{role}"},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Rights(
        create="iam:AttachRolePolicy",
        read="iam:ListAttachedRolePolicies",
        delete="iam:DetachRolePolicy",
        on={"iam:role": "{role}"},
    ),
    "aws:kms/alias:Alias": Rights(
        create="kms:CreateAlias",
        read="kms:ListAliases",
        update="kms:UpdateAlias",
        delete="kms:DeleteAlias",
        on={"kms:alias": "{name:1:}", "kms:key": Own("{targetKeyId}")},
    ),
    "aws:kms/key:Key": Rights(
        create="kms:CreateKey,TagResource,EnableKeyRotation,PutKeyPolicy",
        read="kms:DescribeKey,GetKeyPolicy,GetKeyRotationStatus,ListResourceTags",
        update="kms:UpdateKeyDescription,PutKeyPolicy,EnableKey,DisableKey,EnableKeyRotation,DisableKeyRotation"
        ",TagResource,UntagResource",
        delete="kms:ScheduleKeyDeletion",
        # What it encrypts is made and written in the name of whoever deploys, by the services alone.
        use="kms:CreateGrant,RetireGrant,GenerateDataKey,Decrypt",
        on={"kms:key": Own("{id}")},
    ),
    "aws:lb/listener:Listener": Rights(
        create="elasticloadbalancing:CreateListener,AddTags,ModifyListenerAttributes",
        read="elasticloadbalancing:DescribeListeners,DescribeListenerAttributes,DescribeTags",
        update="elasticloadbalancing:ModifyListener,ModifyListenerAttributes,AddTags,RemoveTags",
        delete="elasticloadbalancing:DeleteListener",
        on={
            "elasticloadbalancing:listener/app": f"{_BALANCER}/*",
            "elasticloadbalancing:loadbalancer/app/": _BALANCER,
        },
    ),
    "aws:lb/listenerRule:ListenerRule": Rights(
        create="elasticloadbalancing:CreateRule,AddTags",
        read="elasticloadbalancing:DescribeRules,DescribeTags",
        update="elasticloadbalancing:ModifyRule,SetRulePriorities,AddTags,RemoveTags",
        delete="elasticloadbalancing:DeleteRule",
        on={
            "elasticloadbalancing:listener-rule/app": "{listenerArn:2:}/*",
            "elasticloadbalancing:listener/app": "{listenerArn:2:}",
        },
    ),
    "aws:lb/loadBalancer:LoadBalancer": Rights(
        create="elasticloadbalancing:CreateLoadBalancer,AddTags,ModifyLoadBalancerAttributes"
        " iam:CreateServiceLinkedRole",
        read="elasticloadbalancing:DescribeLoadBalancers,DescribeLoadBalancerAttributes,DescribeCapacityReservation"
        ",DescribeTags",
        update="elasticloadbalancing:ModifyLoadBalancerAttributes,SetSecurityGroups,SetSubnets,SetIpAddressType"
        ",AddTags,RemoveTags",
        delete="elasticloadbalancing:DeleteLoadBalancer ec2:DescribeNetworkInterfaces",
        on={
            "elasticloadbalancing:loadbalancer/app/": "{name}/*",
            "iam:role": "aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing",
        },
    ),
    "aws:lb/targetGroup:TargetGroup": Rights(
        create="elasticloadbalancing:CreateTargetGroup,AddTags,ModifyTargetGroupAttributes",
        read="elasticloadbalancing:DescribeTargetGroups,DescribeTargetGroupAttributes,DescribeTags",
        update="elasticloadbalancing:ModifyTargetGroup,ModifyTargetGroupAttributes,AddTags,RemoveTags",
        delete="elasticloadbalancing:DeleteTargetGroup",
        use="elasticloadbalancing:DescribeTargetHealth,DescribeLoadBalancers",
        on={"elasticloadbalancing:targetgroup": "{name}/*"},
    ),
    "aws:route53/record:Record": Rights(
        create="route53:ChangeResourceRecordSets",
        read="route53:GetChange,GetHostedZone,ListResourceRecordSets",
        update="route53:ChangeResourceRecordSets",
        delete="route53:ChangeResourceRecordSets",
        on={"route53:hostedzone": "*", "route53:change": "*"},
    ),
    "aws:s3/bucket:Bucket": Rights(
        create="s3:CreateBucket,PutBucketTagging,TagResource",
        # The provider looks at everything that a bucket may have, whatever the program says of it.
        read="s3:ListBucket,GetAccelerateConfiguration,GetBucketAcl,GetBucketCORS,GetBucketLocation,GetBucketLogging"
        ",GetBucketObjectLockConfiguration,GetBucketPolicy,GetBucketRequestPayment,GetBucketTagging,GetBucketVersioning"
        ",GetBucketWebsite,GetEncryptionConfiguration,GetLifecycleConfiguration,GetReplicationConfiguration"
        ",ListTagsForResource",
        update="s3:PutBucketTagging,TagResource,UntagResource",
        delete="s3:DeleteBucket,ListBucketVersions,DeleteObject,DeleteObjectVersion",
        on={**_BUCKET, "s3:object": "{bucket}/*"},
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Rights(
        create="s3:PutLifecycleConfiguration",
        read="s3:GetLifecycleConfiguration",
        update="s3:PutLifecycleConfiguration",
        delete="s3:PutLifecycleConfiguration",
        on=_BUCKET,
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Rights(
        create="s3:PutBucketOwnershipControls",
        read="s3:GetBucketOwnershipControls",
        update="s3:PutBucketOwnershipControls",
        delete="s3:PutBucketOwnershipControls",
        on=_BUCKET,
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Rights(
        create="s3:PutBucketPolicy",
        read="s3:GetBucketPolicy",
        update="s3:PutBucketPolicy",
        delete="s3:DeleteBucketPolicy",
        on=_BUCKET,
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Rights(
        create="s3:PutBucketPublicAccessBlock",
        read="s3:GetBucketPublicAccessBlock",
        update="s3:PutBucketPublicAccessBlock",
        delete="s3:PutBucketPublicAccessBlock",
        on=_BUCKET,
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Rights(
        create="s3:PutEncryptionConfiguration",
        read="s3:GetEncryptionConfiguration",
        update="s3:PutEncryptionConfiguration",
        delete="s3:PutEncryptionConfiguration",
        on=_BUCKET,
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Rights(
        create="s3:PutBucketVersioning",
        read="s3:GetBucketVersioning",
        update="s3:PutBucketVersioning",
        delete="s3:PutBucketVersioning",
        on=_BUCKET,
    ),
    "aws:scheduler/schedule:Schedule": Rights(
        create="scheduler:CreateSchedule",
        read="scheduler:GetSchedule",
        update="scheduler:UpdateSchedule",
        delete="scheduler:DeleteSchedule",
        on={"scheduler:schedule": "{groupName}/{name}"},
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Rights(
        create="scheduler:CreateScheduleGroup,TagResource",
        read="scheduler:GetScheduleGroup,ListTagsForResource",
        update="scheduler:TagResource,UntagResource",
        # It takes its schedules along.
        delete="scheduler:DeleteScheduleGroup,DeleteSchedule",
        on={"scheduler:schedule-group": "{name}", "scheduler:schedule": "{name}/*"},
    ),
    "aws:secretsmanager/secret:Secret": Rights(
        create="secretsmanager:CreateSecret,TagResource",
        read="secretsmanager:DescribeSecret,GetResourcePolicy",
        update="secretsmanager:UpdateSecret,TagResource,UntagResource",
        delete="secretsmanager:DeleteSecret",
        on={"secretsmanager:Secret": "{name}-??????"},
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Rights(
        create="secretsmanager:PutSecretValue",
        read="secretsmanager:GetSecretValue,DescribeSecret",
        update="secretsmanager:ListSecretVersionIds,UpdateSecretVersionStage",
        delete="secretsmanager:UpdateSecretVersionStage",
        on={"secretsmanager:Secret": "{secretId}"},
    ),
    "aws:sns/topic:Topic": Rights(
        create="sns:CreateTopic,SetTopicAttributes,TagResource",
        read="sns:GetTopicAttributes,ListTagsForResource",
        update="sns:SetTopicAttributes,TagResource,UntagResource",
        delete="sns:DeleteTopic",
        on={"sns:topic": "{name}"},
    ),
    "aws:sns/topicPolicy:TopicPolicy": Rights(
        create="sns:SetTopicAttributes",
        read="sns:GetTopicAttributes",
        update="sns:SetTopicAttributes",
        delete="sns:SetTopicAttributes",
        on={"sns:topic": "{arn}"},
    ),
    "aws:sns/topicSubscription:TopicSubscription": Rights(
        create="sns:Subscribe",
        read="sns:GetSubscriptionAttributes",
        update="sns:SetSubscriptionAttributes",
        delete="sns:Unsubscribe",
        on={"sns:topic": "{topic}"},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Rights(
        create="ec2:AuthorizeSecurityGroupEgress,CreateTags",
        read="ec2:DescribeSecurityGroupRules",
        update="ec2:ModifySecurityGroupRules,CreateTags,DeleteTags",
        delete="ec2:RevokeSecurityGroupEgress",
        on={"ec2:security-group-rule": Own("{id}"), "ec2:security-group": Own("{securityGroupId}")},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Rights(
        create="ec2:AuthorizeSecurityGroupIngress,CreateTags",
        read="ec2:DescribeSecurityGroupRules",
        update="ec2:ModifySecurityGroupRules,CreateTags,DeleteTags",
        delete="ec2:RevokeSecurityGroupIngress",
        on={"ec2:security-group-rule": Own("{id}"), "ec2:security-group": Own("{securityGroupId}")},
    ),
    "aws:wafv2/webAcl:WebAcl": Rights(
        create="wafv2:CreateWebACL,TagResource",
        read="wafv2:GetWebACL,ListTagsForResource",
        update="wafv2:UpdateWebACL,TagResource,UntagResource",
        delete="wafv2:DeleteWebACL",
        on={"wafv2:webacl": "regional/webacl/{name}/*", "wafv2:managedruleset": "regional/managedruleset/*/*"},
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Rights(
        create="wafv2:AssociateWebACL elasticloadbalancing:SetWebAcl",
        read="wafv2:GetWebACLForResource,GetWebACL",
        delete="wafv2:DisassociateWebACL elasticloadbalancing:SetWebAcl",
        on={"wafv2:webacl": "{webAclArn}", "wafv2:loadbalancer/app/": "{resourceArn}"},
    ),
}

FUNCTIONS: Mapping[str, Rights] = {
    "aws:ec2/getSubnet:getSubnet": Rights(read="ec2:DescribeSubnets"),
    "aws:ec2/getVpc:getVpc": Rights(
        read="ec2:DescribeVpcs,DescribeVpcAttribute,DescribeRouteTables", on={"ec2:vpc": "{id}"}
    ),
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": Rights(read="ecr:GetAuthorizationToken"),
    "aws:eks/getCluster:getCluster": Rights(read="eks:DescribeCluster", on={"eks:cluster": "{name}"}),
    "aws:index/getAvailabilityZones:getAvailabilityZones": Rights(read="ec2:DescribeAvailabilityZones"),
    "aws:index/getCallerIdentity:getCallerIdentity": Rights(read="sts:GetCallerIdentity"),
    "aws:index/getPartition:getPartition": NOTHING,
    "aws:index/getRegion:getRegion": NOTHING,
    # The provider knows it of every region.
    "aws:lb/getHostedZoneId:getHostedZoneId": NOTHING,
    "aws:route53/getZone:getZone": Rights(
        read="route53:ListHostedZones,GetHostedZone,ListTagsForResource",
        on={"route53:hostedzone": "*", "route53:healthcheck": "*"},
    ),
    "aws:secretsmanager/getSecret:getSecret": Rights(
        read="secretsmanager:DescribeSecret,GetResourcePolicy", on={"secretsmanager:Secret": "{arn} {name}-??????"}
    ),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": Rights(
        read="secretsmanager:GetSecretValue", on={"secretsmanager:Secret": "{secretId} {secretId}-??????"}
    ),
    "aws:secretsmanager/getSecretVersions:getSecretVersions": Rights(
        read="secretsmanager:ListSecretVersionIds", on={"secretsmanager:Secret": "{secretId} {secretId}-??????"}
    ),
}

# The provider itself asks at its start who it is.
PROVIDER = Rights(read="sts:GetCallerIdentity")

# https://www.pulumi.com/docs/iac/concepts/state-and-backends/: a preview takes no lock and writes nothing.
STATE = Rights(
    read="s3:ListBucket,GetObject",
    use="s3:PutObject,DeleteObject",
    on={"s3:bucket": "{bucket}", "s3:object": "{bucket}/*"},
)

# What an action is for, where not every resource of the type wants it: an input, and its value.
ONLY: Mapping[str, tuple[str, str]] = {"route53:AssociateVPCWithHostedZone": ("vpcEndpointType", "Interface")}

# Allowed on everything or nothing, whatever the reference has: alarms and tasks are asked for by no ARN, and who looks
# for the stack's cluster by its tags must read every cluster's.
WIDE = frozenset({"cloudwatch:DescribeAlarms", "ecs:DescribeClusters", "ecs:ListTasks"})
