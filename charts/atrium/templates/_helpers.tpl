{{- /* The services that this release has. */}}
{{- define "atrium.services" -}}
{{- $names := list }}
{{- range list "member" "points" "coupon" "tier" "merchantSettlement" "messaging" }}
{{- $values := index $.Values . }}
{{- if $values.enabled }}{{ $names = append $names $values.service }}{{ end }}
{{- end }}
{{- dict "names" $names | toJson }}
{{- end }}

{{- /* PostgreSQL, NATS and keys of its own. */}}
{{- define "atrium.small" -}}
{{- if ne .Values.global.profile "ha" }}true{{ end }}
{{- end }}

{{- /* Databases of the release's own PostgreSQL: services without dashes. */}}
{{- define "atrium.databases" -}}
{{- join " " (include "atrium.services" . | fromJson).names | replace "-" "_" }}
{{- end }}

{{- define "atrium.backupClaim" -}}
{{- .Values.backup.claim | default (printf "%s-backup" .Release.Name) }}
{{- end }}

{{- /* The release's own volume of backups is for one node at a time: that of PostgreSQL, which has it too. */}}
{{- define "atrium.besideBackups" -}}
{{- if not .Values.backup.claim }}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: {{- include "atrium.selector" (dict "root" . "name" "postgres" "component" "server") | nindent 12 }}
{{- end }}
{{- end }}

{{- /* Logins that reach everything; none in ha unless they are named. */}}
{{- define "atrium.operatorSecret" -}}
{{- .Values.operations.secret | default (ternary (printf "%s-operator" .Release.Name) "" (ne .Values.global.profile "ha")) }}
{{- end }}

{{- /* Out to the databases of all services. */}}
{{- define "atrium.flow.databases" -}}
{{- $databases := .Values.global.networkPolicy.database | default list }}
{{- range list "member" "points" "coupon" "tier" "merchantSettlement" "messaging" }}
{{- $databases = concat $databases ((index $.Values .).database | default list) | uniq }}
{{- end }}
{{- include "atrium.flow.peers" (dict "root" . "flow" "database" "given" $databases "own" "postgres" "port" 5432) }}
{{- end }}
