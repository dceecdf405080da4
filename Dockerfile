# One image for gateway, services, migrations and operators' commands: docker build -t atrium . See docs/how-to/image.md.
# The files come from scripts/image-tree.mjs alone; nothing is installed or compiled in the last stage.
# Node 24 LTS, the version that .ci/run tests with; --build-arg NODE=…@sha256:… for a base of one's own.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS tree
WORKDIR /src
COPY . .
# No package's install script is needed for what is compiled and kept.
RUN npm ci --ignore-scripts --no-audit --no-fund && node scripts/image-tree.mjs /tree

FROM ${NODE} AS init
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*

FROM ${NODE}
# Statically linked, so that it fits every base.
COPY --from=init /usr/bin/tini-static /usr/bin/tini
COPY --from=tree /tree /app
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
# By number: Kubernetes cannot tell that a name is not root.
USER 1000:1000
EXPOSE 8080
# Waits for nothing and writes nowhere: the root file system may be read-only. Health is /livez and /readyz by HTTP.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/app/atrium.mjs"]
