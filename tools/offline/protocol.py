"""The provider's side of the engine's protocol: pulumi/proto/provider.proto, for any package and any number of engines.

Each provider of each engine comes with a connection of its own, by which its configuration is told from others'.
"""

import functools
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2, provider_pb2, status_pb2

from tools.offline import diff, sdk
from tools.offline.backend import Backend, Failure, Kind, NotReady, Problem, Resource, Session
from tools.offline.completion import completed, nameless
from tools.offline.outputs import outputs_of, secrets_of
from tools.offline.values import UNKNOWN, Values, conceal, decode, encode, hide, reveal, secret, secrets

Method = TypeVar("Method", bound=Callable[..., Any])


def _told(method: Method) -> Method:
    """A failure reaches the engine as words for a person; anything unforeseen with its traceback on standard error."""

    @functools.wraps(method)
    def call(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except NotReady as state:
            detail = provider_pb2.ErrorResourceInitFailed(
                id=state.id, properties=encode(state.outputs), reasons=[str(state)]
            )
            status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(state))
            status.details.add().Pack(detail)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            context.abort(grpc.StatusCode.UNKNOWN, str(state))
        except Failure as failure:
            context.abort(grpc.StatusCode.UNKNOWN, str(failure))
        except Exception as error:  # noqa: BLE001 - whatever it is, the engine must hear of it
            traceback.print_exc(file=sys.stderr)
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")

    return cast(Method, call)


@dataclass
class Provider(ResourceProviderServicer):
    """A package as the engine asks for it: what is common to all packages is done here, the rest by a session."""

    backend: Backend
    strict: bool = True
    _sessions: dict[str, Session] = field(default_factory=dict[str, Session])

    def _session(self, context: grpc.ServicerContext) -> Session:
        try:
            return self._sessions[context.peer()]
        except KeyError:
            raise Failure(f"the provider of {self.backend.package} is not configured") from None

    def _problems(self, session: Session, resource: Resource, inputs: Values) -> list[Problem]:
        if not self.strict:
            return []
        return sdk.check(resource.type, inputs) or list(session.judge(resource, reveal(inputs)))

    # -- the provider itself

    @_told
    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    @_told
    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    @_told
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=sdk.version(self.backend.package))

    @_told
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    @_told
    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingResponse()

    @_told
    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingsResponse()

    @_told
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        news = decode(request.news)
        known = sdk.properties(_type(request.urn))
        wrong = [name for name in news if name not in known and name != "version" and not name.startswith("__")]
        failures = [provider_pb2.CheckFailure(property=name, reason="unknown property") for name in wrong]
        return provider_pb2.CheckResponse(inputs=encode(news), failures=failures)

    @_told
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind = self.backend.config
        return diff.response(kind, diff.changes(kind, decode(request.old_inputs), decode(request.news), {}))

    @_told
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._sessions[context.peer()] = self.backend.configure(reveal(decode(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @_told
    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        if session := self._sessions.get(context.peer()):
            session.cancel()
        return empty_pb2.Empty()

    @_told
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        answer = self._session(context).invoke(request.tok, reveal(decode(request.args)))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(answer))
        return response

    # -- its resources

    @_told
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn))
        session = self._session(context)
        kind = session.kind(resource.type)
        suffix = session.suffix(resource, request.randomSeed.hex()[:7] or "0" * 7)
        name = kind.name(resource.name, suffix)
        if request.HasField("autonaming"):
            disabled = request.autonaming.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE
            name = None if disabled else request.autonaming.proposed_name
        inputs = completed(kind, decode(request.news), decode(request.olds), name)
        problems = [*nameless(kind, inputs), *self._problems(session, resource, inputs)]
        failures = [_failure(problem, inputs) for problem in problems]
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=failures)

    @_told
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn), request.id)
        session = self._session(context)
        kind, old, outputs = session.kind(resource.type), decode(request.old_inputs), decode(request.olds)
        session.meet(resource, reveal(old), reveal(outputs))
        found = diff.changes(kind, old, decode(request.news), outputs)
        return diff.response(kind, found)

    @_told
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn))
        session = self._session(context)
        given = decode(request.properties)
        inputs = reveal(given)
        told = functools.partial(_told_of, session.kind(resource.type), resource, given)
        if request.preview:
            foreseen = session.foresee(resource, inputs)
            outputs = _with_unknowns(resource, inputs, foreseen.outputs)
            return provider_pb2.CreateResponse(id=foreseen.id, properties=encode(told(outputs)))
        try:
            made = session.create(resource, inputs, request.timeout)
        except NotReady as state:
            raise NotReady(state.id, told(state.outputs), str(state)) from None
        return provider_pb2.CreateResponse(id=made.id, properties=encode(told(made.outputs)))

    @_told
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn), request.id)
        session = self._session(context)
        inputs, outputs = decode(request.inputs), decode(request.properties)
        found = session.read(resource, reveal(inputs), reveal(outputs))
        if found is None:
            return provider_pb2.ReadResponse()
        told = functools.partial(_told_of, session.kind(resource.type), resource)
        return provider_pb2.ReadResponse(
            id=found.id,
            inputs=encode(told(inputs, found.inputs)),
            properties=encode(told({**inputs, **outputs}, found.outputs)),
        )

    @_told
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn), request.id, tuple(request.ignoreChanges))
        session = self._session(context)
        given, kept = decode(request.news), decode(request.olds)
        old, new, outputs = reveal(decode(request.old_inputs)), reveal(given), reveal(kept)
        told = functools.partial(_told_of, session.kind(resource.type), resource, {**kept, **given})
        if request.preview:
            changed = session.foresee_change(resource, old, new, outputs)
        else:
            changed = session.update(resource, old, new, outputs, request.timeout)
        return provider_pb2.UpdateResponse(properties=encode(told(changed)))

    @_told
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = Resource(request.urn, _type(request.urn), request.id)
        inputs, outputs = reveal(decode(request.old_inputs)), reveal(decode(request.properties))
        self._session(context).delete(resource, inputs, outputs, request.timeout)
        return empty_pb2.Empty()


def _told_of(kind: Kind, resource: Resource, like: Values, values: Values) -> Values:
    """The values as the engine is told them: secret where `like` is, and where such a resource's always are."""
    return hide(conceal(values, like), sorted({*kind.secrets, *secrets_of(resource.type)}))


def _with_unknowns(resource: Resource, inputs: Values, outputs: Values) -> Values:
    """A preview's outputs: what is given, what the backend knows before, and the rest unknown."""
    return {**dict.fromkeys(outputs_of(resource.type), UNKNOWN), **inputs, **outputs}


def _failure(problem: Problem, inputs: Values) -> "provider_pb2.CheckFailure":
    """The engine adds the resource's type and name; asked by a property's name it would add the value too."""
    top = re.split(r"[.\[]", problem.property)[0]
    reason = problem.rule if secret(inputs.get(top)) else problem.reason
    for value in secrets(inputs):
        reason = reason.replace(repr(value), "[secret]").replace(str(value), "[secret]")
    return provider_pb2.CheckFailure(reason=f"{problem.property}: {reason}")


def _type(urn: str) -> str:
    """A resource's type, the last of the chain of types that its URN tells."""
    return urn.split("::")[2].rpartition("$")[2]
