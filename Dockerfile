# Two stages: the first builds one static binary, the second holds nothing else. The base images are
# pinned by tag; pin them by digest where you mirror them.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG RELEASE=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=${RELEASE}" -o /out/earshot ./cmd/earshot \
 && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/earshot /earshot
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV EARSHOT_ADDR=0.0.0.0:8080 EARSHOT_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["/earshot", "health"]
ENTRYPOINT ["/earshot"]
CMD ["serve"]
