import 'reflect-metadata';
import {
  BadRequestException,
  Body,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Logger,
  Module,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { map, type Observable } from 'rxjs';

interface Product {
  id: number;
  name: string;
}

@Injectable()
class Products {
  private readonly products: Product[] = [{ id: 1, name: 'tea' }];

  find(id: number): Product {
    const found = this.products.find((product) => product.id === id);
    if (!found) throw new NotFoundException(`there is no product ${id}`);
    return found;
  }

  add(name: string): Product {
    const product = { id: this.products.length + 1, name };
    this.products.push(product);
    return product;
  }

  named(part: string): Product[] {
    return this.products.filter(({ name }) => name.includes(part));
  }
}

@Injectable()
class Enveloped implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data) => ({ data })));
  }
}

@Controller('products')
class ProductsController {
  private readonly logger = new Logger('products');

  // What is injected is found by the types, which the compiler writes down.
  constructor(private readonly products: Products) {}

  @Get()
  @UseInterceptors(Enveloped)
  list(@Query('name') name = ''): Product[] {
    return this.products.named(name);
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number): Product {
    return this.products.find(id);
  }

  @Get(':id/label')
  label(
    @Param('id', ParseIntPipe) id: number,
    @Res({ passthrough: true }) response: { cookie(name: string, value: string): void },
  ): StreamableFile {
    response.cookie('printed', String(id));
    return new StreamableFile(Buffer.from([0, 255, id]), { type: 'application/octet-stream' });
  }

  @Post()
  add(@Body() body: { name?: unknown }): Product {
    if (typeof body.name !== 'string') throw new BadRequestException('a product has a name');
    this.logger.log(`adding ${body.name}`);
    return this.products.add(body.name);
  }
}

@Module({ controllers: [ProductsController], providers: [Products] })
class AppModule {}

export async function createApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['log', 'error'] });
  app.setGlobalPrefix('api');
  app.enableCors({ origin: 'https://shop.example' });
  await app.init();
  return app;
}
