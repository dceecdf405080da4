{{- define "gateway.part" -}}
{{- dict "name" "gateway" "fullname" (printf "%s-gateway" .Release.Name) "component" "server" | toJson }}
{{- end }}

{{- define "gateway.secret" -}}
{{- include "atrium.secretName" (dict "root" . "given" .Values.secret "made" (printf "%s-gateway" .Release.Name) "value" "gateway: secret" "holds" (ternary "SUBGRAPH_TOKEN_KEY, CACHE_URL" "SUBGRAPH_TOKEN_KEY" .Values.cache)) }}
{{- end }}

{{- define "gateway.ownCallers" -}}
{{- $callers := .Values.callers }}
{{- if eq .Values.global.profile "site" }}
{{- "true" }}
{{- else }}
{{- if not (or $callers.issuer $callers.audience $callers.jwks) }}
{{- if eq .Values.global.profile "ha" }}{{ fail "gateway: callers.issuer, callers.audience and callers.jwks: in profile ha, name the identity provider" }}{{ end }}
{{- "true" }}
{{- else if not (and $callers.issuer $callers.audience $callers.jwks) }}
{{- fail "gateway: callers.issuer, callers.audience and callers.jwks go together" }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Where jwks.json is. A site has it as a file: the identity provider may be out of reach. */}}
{{- define "gateway.callersSecret" -}}
{{- if eq .Values.global.profile "site" -}}{{ .Values.global.site.secret }}
{{- else -}}{{ .Release.Name }}-callers{{- end -}}
{{- end }}

{{- define "gateway.config" -}}
{{- $subgraphs := dict }}
{{- range .Values.subgraphs }}
{{- $_ := set $subgraphs . (printf "http://%s-%s:8080/graphql" $.Release.Name .) }}
{{- end }}
HOST: 0.0.0.0
PORT: "8080"
{{- /* A larger young generation: a third less work for an answer (gateway/README.md). */}}
NODE_OPTIONS: --max-semi-space-size=32
NATS_URL: {{ include "atrium.natsUrl" . | quote }}
SUBGRAPH_URLS: {{ toJson $subgraphs | quote }}
{{- if include "gateway.ownCallers" . }}
CALLER_ISSUER: {{ .Values.callers.issuer | default (printf "https://%s.atrium.localhost" .Release.Name) }}
CALLER_AUDIENCE: {{ .Values.callers.audience | default "atrium" }}
CALLER_JWKS: /etc/atrium/callers/jwks.json
{{- else }}
CALLER_ISSUER: {{ .Values.callers.issuer | quote }}
CALLER_AUDIENCE: {{ .Values.callers.audience | quote }}
CALLER_JWKS: {{ .Values.callers.jwks | quote }}
{{- end }}
GRAPHIQL: {{ .Values.graphiql | quote }}
INTROSPECTION: {{ .Values.graphiql | quote }}
LOG_LEVEL: {{ .Values.global.logLevel }}
{{- with .Values.global.site.name }}
SITE: {{ . }}
{{- end }}
SHUTDOWN_DELAY_MS: {{ .Values.shutdownDelayMs | int | quote }}
{{- if .Values.supergraph }}
SUPERGRAPH_PATH: /etc/atrium/supergraph/supergraph.graphql
{{- end }}
{{- with .Values.global.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}
