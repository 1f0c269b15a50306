/** Shows the page of the first route that fits the address, with the parameters that the route names. */
export function Router({ routes, ...props }) {
  for (const { path, page: Page } of routes) {
    const pattern = path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
    const found = new RegExp(`^${pattern}$`).exec(location.pathname)
    if (found) return <Page {...found.groups} {...props} />
  }
  return <p>There is no page at {location.pathname}.</p>
}
