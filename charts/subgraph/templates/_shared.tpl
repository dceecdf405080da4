{{- /* What the three charts share. The same file, linked. Selector labels are frozen: they cannot be changed in place. */}}
{{- define "atrium.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- /* Of pods: nothing that changes with the chart's version, or each release would restart PostgreSQL and NATS for a label. */}}
{{- define "atrium.podLabels" -}}
{{ include "atrium.selector" . }}
app.kubernetes.io/part-of: atrium
{{- end }}

{{- define "atrium.labels" -}}
{{ include "atrium.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "atrium.image" -}}
{{- $image := .Values.global.image -}}
{{- if and $image.tag $image.digest -}}
{{- fail (printf "global.image: tag %v and digest %s: set one of them, or an upgrade by the other would go on with the image it has" $image.tag $image.digest) -}}
{{- else if $image.digest -}}{{ $image.repository }}@{{ $image.digest }}
{{- else -}}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{- define "atrium.natsUrl" -}}
{{- if .Values.global.nats.url -}}{{ .Values.global.nats.url }}
{{- else if ne .Values.global.profile "ha" -}}nats://{{ .Release.Name }}-nats:4222
{{- else -}}{{ fail "global.nats.url: in profile ha, say where NATS is, like nats://nats.nats:4222" }}{{- end -}}
{{- end }}

{{- /* Name of a Secret: as given; made by the release in small and by External Secrets; otherwise it must be given. */}}
{{- define "atrium.secretName" -}}
{{- if .given -}}{{ .given }}
{{- else if or (ne .root.Values.global.profile "ha") .root.Values.global.externalSecrets.enabled -}}{{ .made }}
{{- else -}}{{ fail (printf "%s: name the Secret that holds %s, or set global.externalSecrets" .value .holds) }}{{- end -}}
{{- /* With a cluster at hand, a Secret that is not there is told now and not by pods that never start. */}}
{{- $secret := dict }}
{{- if and .given (lookup "v1" "ServiceAccount" .root.Release.Namespace "default") -}}
{{- $secret = lookup "v1" "Secret" .root.Release.Namespace .given }}
{{- if not $secret -}}
{{ fail (printf "%s: there is no Secret %s in namespace %s; make it with %s" .value .given .root.Release.Namespace .holds) }}
{{- end -}}
{{- range .keys }}
{{- if not (hasKey ($secret.data | default dict) .) -}}
{{ fail (printf "%s: Secret %s in namespace %s has no %s; add it first" $.value $.given $.root.Release.Namespace .) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* Certificate authorities beside the public ones, for PostgreSQL, NATS and whatever else is asked over TLS. */}}
{{- define "atrium.ca.env" -}}
{{- if .Values.global.caSecret }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/atrium/ca/ca.crt }
{{- end }}
{{- end }}

{{- define "atrium.ca.mount" -}}
{{- if .Values.global.caSecret }}
- { name: ca, mountPath: /etc/atrium/ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "atrium.ca.volume" -}}
{{- with .Values.global.caSecret }}
- { name: ca, secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] } }
{{- end }}
{{- end }}

{{- define "atrium.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .uid | default 1000 }}
runAsGroup: {{ .uid | default 1000 }}
fsGroup: {{ .uid | default 1000 }}
# Not at each start: PostgreSQL refuses a data folder that a group may write.
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "atrium.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- /* The same three everywhere. Only readiness asks the database and NATS, until they have answered once. */}}
{{- define "atrium.probes" -}}
startupProbe:
  httpGet: { path: /livez, port: http }
  periodSeconds: 2
  failureThreshold: {{ add 30 (div (.startSeconds | default 600 | int) 2) }}
livenessProbe:
  httpGet: { path: /livez, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: http }
  periodSeconds: 3
  # Slow is not away: out of reach for being late, its work would go to the others, who would be late next.
  timeoutSeconds: 10
  failureThreshold: 4
{{- end }}

{{- /* A node that is being drained counts for nothing, nor do pods of the revision before: DoNotSchedule would leave new ones waiting. */}}
{{- define "atrium.spread" -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- topologyKey: {{ . }}
  maxSkew: 1
  whenUnsatisfiable: {{ $.root.Values.global.spread }}
  nodeTaintsPolicy: Honor
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "atrium.selector" $ | nindent 6 }}
{{- end }}
{{- end }}

{{- /* Where pods run: as the part says, else as all of the release. */}}
{{- define "atrium.scheduling" -}}
{{- $all := .root.Values.global.scheduling }}
{{- $own := .own | default dict }}
{{- with $own.priorityClassName | default $all.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.nodeSelector | default $all.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations | default $all.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Variables of maps, name to value, as text; later maps win. A whole number stays one: YAML's 1048576 would be 1.048576e+06. */}}
{{- define "atrium.variables" -}}
{{- $all := dict }}
{{- range $variables := . }}
{{- range $name, $value := $variables }}
{{- if and (kindIs "float64" $value) (eq $value (floor $value)) }}{{ $value = int64 $value }}{{ end }}
{{- $_ := set $all $name (toString $value) }}
{{- end }}
{{- end }}
{{- range $name, $value := $all }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "atrium.pullSecrets" -}}
{{- with .Values.global.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Up fast, down slowly. */}}
{{- define "atrium.behavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies:
    - { type: Percent, value: 100, periodSeconds: 15 }
    - { type: Pods, value: 2, periodSeconds: 15 }
  selectPolicy: Max
scaleDown:
  stabilizationWindowSeconds: {{ .scaling.downAfterSeconds }}
  policies:
    - { type: Percent, value: 25, periodSeconds: 60 }
    - { type: Pods, value: 1, periodSeconds: 60 }
  selectPolicy: Max
{{- end }}

{{- define "atrium.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .fullname }}
  labels: {{- include "atrium.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .root.Values.maxUnavailable }}
  # A pod that is not ready holds nobody's drain up.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "atrium.selector" . | nindent 6 }}
{{- end }}

{{- /* HPA by CPU, or KEDA by CPU, lag and calendar; never both. */}}
{{- define "atrium.scaler" -}}
{{- $scaling := .scaling }}
{{- if gt (int $scaling.min) (int $scaling.max) }}
{{- fail (printf "%s: min %d is above max %d" .value (int $scaling.min) (int $scaling.max)) }}
{{- end }}
{{- if and $scaling.calendar (ne $scaling.kind "keda") }}
{{- fail (printf "%s: calendar is for kind keda, not %s" .value $scaling.kind) }}
{{- end }}
{{- range $scaling.calendar }}
{{- if gt (int .replicas) (int $scaling.max) }}
{{- fail (printf "%s: the calendar asks for %d, max is %d" $.value (int .replicas) (int $scaling.max)) }}
{{- end }}
{{- end }}
{{- if eq $scaling.kind "hpa" }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .fullname }}
  labels: {{- include "atrium.labels" . | nindent 4 }}
  annotations:
    # When KEDA takes over, Helm makes the ScaledObject before it deletes this, and KEDA would refuse a second master.
    validations.keda.sh/hpa-ownership: 'false'
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .fullname }} }
  minReplicas: {{ $scaling.min }}
  maxReplicas: {{ $scaling.max }}
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: {{ $scaling.cpu }} } }
  behavior: {{- include "atrium.behavior" . | nindent 4 }}
{{- else if eq $scaling.kind "keda" }}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .fullname }}
  labels: {{- include "atrium.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { name: {{ .fullname }} }
  minReplicaCount: {{ $scaling.min }}
  maxReplicaCount: {{ $scaling.max }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{- include "atrium.behavior" . | nindent 8 }}
  triggers:
    - type: cpu
      metricType: Utilization
      metadata: { value: {{ $scaling.cpu | quote }} }
    {{- if hasKey $scaling "lag" }}
    - type: prometheus
      metadata:
        serverAddress: {{ required "global.monitoring.prometheus: where KEDA asks for the lag of consumers" .root.Values.global.monitoring.prometheus | quote }}
        query: max(atrium_consumer_pending{namespace="{{ .root.Release.Namespace }}",service="{{ .name }}"})
        threshold: {{ $scaling.lag | quote }}
    {{- end }}
    {{- range $scaling.calendar }}
    - type: cron
      metadata:
        timezone: {{ .timezone | quote }}
        start: {{ .start | quote }}
        end: {{ .end | quote }}
        desiredReplicas: {{ .replicas | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{- define "atrium.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "atrium.labels" . | nindent 4 }}
    {{- with .root.Values.global.monitoring.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels: {{- include "atrium.selector" . | nindent 6 }}
  endpoints:
    - port: http
      path: /metrics
      interval: 15s
      # The process names its own service.
      honorLabels: true
{{- end }}

{{- define "atrium.externalSecret" -}}
{{- $external := .root.Values.global.externalSecrets }}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ .secret }}
  labels: {{- include "atrium.labels" . | nindent 4 }}
spec:
  refreshInterval: {{ $external.refreshInterval }}
  secretStoreRef:
    name: {{ required "global.externalSecrets.store: name the SecretStore" $external.store }}
    kind: {{ $external.storeKind }}
  target: { name: {{ .secret }}, creationPolicy: Owner }
  dataFrom:
    - extract: { key: {{ $external.prefix }}/{{ .key }} }
{{- end }}

{{- /* Flows that have a name; everything else is denied. */}}
{{- define "atrium.flow.dns" -}}
{{- with .Values.global.networkPolicy.dns }}
- to: {{- toYaml . | nindent 4 }}
  ports:
    {{- range list 53 5353 }}
    - { protocol: UDP, port: {{ . }} }
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- else }}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
      podSelector: { matchLabels: { k8s-app: kube-dns } }
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end }}
{{- end }}

{{- define "atrium.flow.peers" -}}
{{- $given := .given | default (index .root.Values.global.networkPolicy .flow) }}
{{- if $given }}
- to: {{- toYaml $given | nindent 4 }}
  ports: [{ protocol: TCP, port: {{ .port }} }]
{{- else if and .own (ne .root.Values.global.profile "ha") }}
- to:
    - podSelector:
        matchLabels:
          {{- include "atrium.selector" (dict "root" .root "name" .own "component" "server") | nindent 10 }}
  ports: [{ protocol: TCP, port: {{ .port }} }]
{{- else if .own }}
{{- fail (printf "global.networkPolicy.%s: in profile ha, say which pods or addresses it is, as NetworkPolicy peers" .flow) }}
{{- end }}
{{- end }}

{{- define "atrium.flow.telemetry" -}}
{{- if and .Values.global.otlpEndpoint .Values.global.networkPolicy.telemetry }}
{{- $url := urlParse .Values.global.otlpEndpoint }}
- to: {{- toYaml .Values.global.networkPolicy.telemetry | nindent 4 }}
  ports: [{ protocol: TCP, port: {{ regexFind ":[0-9]+$" $url.host | trimPrefix ":" | int | default (ternary 443 80 (eq $url.scheme "https")) }} }]
{{- end }}
{{- end }}

{{- define "atrium.flow.monitoring" -}}
{{- with .Values.global.networkPolicy.monitoring }}
- from: {{- toYaml . | nindent 4 }}
  ports: [{ protocol: TCP, port: http }]
{{- end }}
{{- end }}
