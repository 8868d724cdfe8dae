package io.tapstack.integration;

/** Whether the device takes checksums and segmentation over from the stack. */
enum Offload {
    ON,
    OFF
}
