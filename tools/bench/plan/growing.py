"""`python -m tools.bench.plan.growing 100`: the plan of a program of so many resources that refer to one another."""

import sys

from tools.errors import ToolError
from tools.offline.packages import types
from tools.plan.engine import plan_engine
from tools.plan.inventory import Plan, plan
from tools.plan.preview import read
from tools.workbench import workbench

# Its environment and engine are used, and nothing else of it.
STACK = "aws-dev"

# A network, a table of its routes, and pairs of a subnet with that table's association.
PROGRAM = '''"""{resources} resources."""

import ipaddress

import pulumi_aws as aws

blocks = ipaddress.IPv4Network("10.0.0.0/16").subnets(new_prefix=26)
network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
table = aws.ec2.RouteTable("table", vpc_id=network.id)
for number, block in zip(range({pairs}), blocks):
    subnet = aws.ec2.Subnet(f"subnet-{{number}}", vpc_id=network.id, cidr_block=str(block))
    aws.ec2.RouteTableAssociation(f"association-{{number}}", subnet_id=subnet.id, route_table_id=table.id)
'''


def program(resources: int) -> dict[str, str]:
    """The program's files. Raises ValueError for a number that is no pairs, or more than the network has room for."""
    if resources % 2 or not 2 <= resources <= 2050:
        raise ValueError(f"{resources} resources: wanted is an even number from 2 to 2050")
    return {
        "Pulumi.yaml": "name: growing\nruntime: python\n",
        "__main__.py": PROGRAM.format(resources=resources, pairs=(resources - 2) // 2),
    }


def grown(resources: int) -> Plan:
    """The plan of such a program. Raises ToolError when it is none of just so many resources."""
    with plan_engine(workbench(STACK)) as engine:
        for name, content in program(resources).items():
            (engine.folder / name).write_text(content, encoding="utf-8")
        engine.must("stack", "init", "growing", cwd=engine.folder)
        ran = engine.run("preview", "--json", "--stack", "growing", cwd=engine.folder)
    made = plan("growing", "aws", read(ran.stdout, ran.stderr), types())
    if made.problems or len(made.lines) != resources:
        raise ToolError("\n".join([f"{len(made.lines)} of {resources} resources were planned", *made.problems]))
    return made


if __name__ == "__main__":
    print(f"{len(grown(int(sys.argv[1])).lines)} resources")
