/**
 * The Internet layer of both IP versions: routes, path MTUs, reassembly, paths, and the choice of the version for a
 * destination. {@code ip.v4} and {@code ip.v6} know their headers.
 */
@NullMarked
package io.tapstack.ip;

import org.jspecify.annotations.NullMarked;
