/** IPv4: validation, options, fragments, output, and its paths and interfaces. */
@NullMarked
package io.tapstack.ip.v4;

import org.jspecify.annotations.NullMarked;
