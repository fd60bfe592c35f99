# One image for all roles; the command selects the role. The default is the API.
FROM node:24-slim AS build
WORKDIR /baton
COPY . .
RUN npm ci --ignore-scripts && npm run build && npm prune --omit=dev --ignore-scripts
# The image runs dist/ only.
RUN rm -rf packages/*/src apps/*/src

FROM node:24-slim
ENV NODE_ENV=production BATON_HOST=0.0.0.0
WORKDIR /baton
COPY --from=build /baton/package.json ./
COPY --from=build /baton/node_modules node_modules
COPY --from=build /baton/packages packages
COPY --from=build /baton/apps apps
# A numeric id, so that Kubernetes can verify that it is not root; above 10000, so that it is no user of the host.
USER 10001:10001
EXPOSE 3000 9464
CMD ["node", "apps/api/dist/main.js"]
