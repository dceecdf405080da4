{{- define "subgraph.name" -}}
{{ required "service: say which service this is: member, points, coupon, tier, merchant-settlement or messaging" .Values.service }}
{{- end }}

{{- define "subgraph.fullname" -}}
{{ .Release.Name }}-{{ include "subgraph.name" . }}
{{- end }}

{{- define "subgraph.appSecret" -}}
{{- include "atrium.secretName" (dict "root" . "given" .Values.secrets.app "made" (printf "%s-app" (include "subgraph.fullname" .)) "value" (printf "%s: secrets.app" .Values.service) "holds" (join ", " (concat (list "DATABASE_URL" "GATEWAY_PUBLIC_KEY" "NATS_USER" "NATS_PASSWORD") .Values.secrets.keys))) }}
{{- end }}

{{- /* A site looks members up by the hub's own key. */}}
{{- define "subgraph.keySecret" -}}
{{- $global := .root.Values.global }}
{{- if and (eq $global.profile "site") (eq .key "BLIND_INDEX_KEY") -}}{{ $global.site.secret }}
{{- else -}}{{ include "subgraph.appSecret" .root }}{{- end -}}
{{- end }}

{{- define "subgraph.ownerSecret" -}}
{{- include "atrium.secretName" (dict "root" . "given" .Values.secrets.owner "made" (printf "%s-owner" (include "subgraph.fullname" .)) "value" (printf "%s: secrets.owner" .Values.service) "holds" "MIGRATION_DATABASE_URL") }}
{{- end }}

{{- /* A part's coordinates: root, name, component, fullname. */}}
{{- define "subgraph.part" -}}
{{- $fullname := include "subgraph.fullname" .root }}
{{- if ne .component "api" }}{{ $fullname = printf "%s-%s" $fullname .component }}{{ end }}
{{- dict "name" (include "subgraph.name" .root) "fullname" $fullname "component" .component | toJson }}
{{- end }}

{{- define "subgraph.deployment" -}}
{{- $values := .root.Values }}
{{- $part := index $values .component }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .fullname }}
  labels: {{- include "atrium.labels" . | nindent 4 }}
spec:
  {{- if eq $part.autoscaling.kind "none" }}
  replicas: {{ $part.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels: {{- include "atrium.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "atrium.podLabels" . | nindent 8 }}
      annotations:
        checksum/config: {{ include "subgraph.config" .root | sha256sum }}
    spec:
      serviceAccountName: {{ include "subgraph.fullname" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
      {{- include "atrium.pullSecrets" .root | nindent 6 }}
      {{- include "atrium.scheduling" (dict "root" .root "own" $values) | nindent 6 }}
      securityContext: {{- include "atrium.podSecurity" (dict) | nindent 8 }}
      topologySpreadConstraints: {{- include "atrium.spread" . | nindent 8 }}
      {{- with $part.startAfterSeconds }}
      initContainers:
        - name: apis-first
          image: {{ include "atrium.image" $.root }}
          imagePullPolicy: {{ $values.global.image.pullPolicy }}
          command: [sleep, {{ . | quote }}]
          resources:
            requests: { cpu: 1m, memory: 8Mi }
            limits: { memory: 32Mi }
          securityContext: {{- include "atrium.containerSecurity" $ | nindent 12 }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ include "atrium.image" .root }}
          imagePullPolicy: {{ $values.global.image.pullPolicy }}
          args: [{{ .name }}, {{ .component }}]
          ports:
            - { name: http, containerPort: 8080 }
          envFrom:
            - configMapRef: { name: {{ include "subgraph.fullname" .root }} }
          env:
            {{- include "atrium.ca.env" .root | nindent 12 }}
            {{- range concat (list "DATABASE_URL" "GATEWAY_PUBLIC_KEY") $values.secrets.keys }}
            - name: {{ . }}
              valueFrom: { secretKeyRef: { name: {{ include "subgraph.keySecret" (dict "root" $.root "key" .) }}, key: {{ . }} } }
            {{- end }}
            {{- range $values.secrets.optionalKeys }}
            - name: {{ . }}
              valueFrom: { secretKeyRef: { name: {{ include "subgraph.appSecret" $.root }}, key: {{ . }}, optional: true } }
            {{- end }}
            {{- range list "NATS_USER" "NATS_PASSWORD" }}
            - name: {{ . }}
              valueFrom: { secretKeyRef: { name: {{ include "subgraph.appSecret" $.root }}, key: {{ . }}, optional: {{ eq $values.global.profile "ha" }} } }
            {{- end }}
            {{- include "atrium.variables" (list $values.env $part.env) | nindent 12 }}
          {{- include "atrium.probes" (dict "startSeconds" $values.migration.deadline) | nindent 10 }}
          resources: {{- toYaml $part.resources | nindent 12 }}
          securityContext: {{- include "atrium.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- include "atrium.ca.mount" .root | nindent 12 }}
            {{- if eq .component "worker" }}
            - { name: switches, mountPath: /etc/atrium/switches, readOnly: true }
            {{- end }}
      volumes:
        - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
        {{- include "atrium.ca.volume" .root | nindent 8 }}
        {{- if eq .component "worker" }}
        - { name: switches, configMap: { name: {{ .root.Release.Name }}-switches, optional: true } }
        {{- end }}
{{- end }}

{{- define "subgraph.config" -}}
HOST: 0.0.0.0
PORT: "8080"
NATS_URL: {{ include "atrium.natsUrl" . | quote }}
NATS_REPLICAS: {{ .Values.global.nats.streamReplicas | quote }}
DATABASE_POOL: {{ .Values.databasePool | quote }}
LOG_LEVEL: {{ .Values.global.logLevel }}
{{- with .Values.global.site.name }}
SITE: {{ . }}
{{- end }}
{{- with .Values.global.sites }}
SITES: {{ join "," . | quote }}
{{- end }}
SHUTDOWN_DELAY_MS: {{ .Values.shutdownDelayMs | int | quote }}
SWITCHES_FOLDER: /etc/atrium/switches
MIGRATION_WAIT_MS: {{ ternary (mul .Values.migration.deadline 1000) 0 .Values.migration.enabled | quote }}
{{- with .Values.global.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}
