"""What the page of the results says beside the tables."""

PAGE = """# What it costs

Written by `make bench`; the same as data is in [results.json](results.json). The two sides of a ratio are measured in
turn in one run; a ratio is the median of its pairs, and half of the pairs lie in its middle half. Ratios are the
project's, the figures beside them a machine's:

{machine}
{plan}{image}
![Each ratio against its aim](ratios.png)

{tables}"""

PLAN = """
The plan's part runs `python -m tools.plan`, what `make plan` runs, for every stack there is.

- `plan` and `plan memory`: the whole command, against the preview of an empty Pulumi program.
- `strict`: the same command against one whose stand-ins let everything through: what the checks take.
- `growth`: the plan of a small program on AWS, of subnets and what associates them. A further resource of many should
  take as long as one of few does.
"""

PROGRAM = """
Of stacks on AWS and on Google Cloud it runs `pulumi preview` alone too, with the provider's stand-in attached. The
engine and the program are measured, and the stand-in is not.

- `program` and `program memory`: against the preview of an empty Pulumi program.
- `flat`: against a program without this project, that declares the same resources of the cloud one by one, by the SDK's
  own classes and with their inputs written out. It has no release, no rollout to wait for, and makes no secret.
- `growth` of services: a production stack with so many ECS services, or services and worker pools of Cloud Run,
  of which one is the web's and the others are workers.
"""

IMAGE = """
The image's part builds the service's image, and the same app on the Dockerfile that Pulumi's Python container templates
use (packages without versions, `pip install`, `COPY . .`, `flask run`), by the same builder and on the same base: the
registry's python:3.13-slim, and not the templates' own python:3.10-alpine.

- `image`: what the registry keeps of it over the base, compressed.
- `build`: through the engine and docker-build's provider, from the provider's first word to its last; pushed, and ours
  with its provenance and its cache in the registry besides. Cold is a build in which no step comes from a cache and the
  cache mounts are empty; the base is in the builder already. `up` is the whole command, of programs that end there.
- `container`: from the making of a container to its first 200, read-only, with the core and the 512 MiB that the target
  `docker` gives. Theirs is the base in the same kind of container, and in it a few lines of Python on a bare socket.
"""

HOSTS = """
The hosts' part ships to the hosts that SLIPWAY_LAB_HOSTS names, by `pulumi up --yes`, whose preview asks the hosts too.

- `hosts`: a rollout of another configuration on all of them at once; what each takes of it, against one host alone.
- `up without a change`, and rollouts of the same kind host after host, stand in a table of their own.
"""
