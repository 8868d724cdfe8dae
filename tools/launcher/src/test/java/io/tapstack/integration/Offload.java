package io.tapstack.integration;

/** Offload of checksums and segmentation by the device. */
enum Offload {
    ON,
    OFF
}
