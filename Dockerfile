# Any Debian- or glibc-based image with Node 26; a digest pins it.
ARG NODE_IMAGE=node:26-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
# What is left of the packages is what runs: no types, no source maps. The SBOM names each of them: `--omit dev` in its place
# would leave out what a development package needs too.
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && npm pkg delete devDependencies \
 && npm sbom --sbom-format cyclonedx --sbom-type application > sbom.cdx.json \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

# The application that docker-compose.yml watches; `docker build --target shop`.
FROM ${NODE_IMAGE} AS shop
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY package.json ./
COPY demo/shop ./demo/shop
USER 65532:65532
CMD ["node", "demo/shop/api.ts"]

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Outrider" \
      org.opencontainers.image.description="A monitoring sidecar and health-check daemon: probes, judges, finds the root cause, tells once." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Nothing in here is built or installed any more. Group 0 may write the store: any `--user` without a group of its own is in it.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn* \
 && mkdir -p /var/lib/outrider /etc/outrider \
 && chown 65532:0 /var/lib/outrider \
 && chmod 0770 /var/lib/outrider
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin/healthcheck.js ./bin/
COPY --from=build /app/sbom.cdx.json /usr/share/outrider/
COPY alerts /usr/share/outrider/alerts
COPY dashboards /usr/share/outrider/dashboards
ENV NODE_ENV=production \
    OUTRIDER_REVISION=${REVISION} \
    OUTRIDER_DEFAULT_LISTEN=0.0.0.0:9875 \
    OUTRIDER_DEFAULT_STORE=sqlite:/var/lib/outrider/outrider.db \
    OUTRIDER_DEFAULT_CONFIG=/etc/outrider/outrider.yml
USER 65532:65532
VOLUME /var/lib/outrider
EXPOSE 9875
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s CMD ["node", "/app/bin/healthcheck.js"]
ENTRYPOINT ["node", "--disable-proto=delete", "--no-addons", "--disable-sigusr1", "/app/dist/main.js"]
